/** Messages and signals on the run's real Temporal: an update that says whether somebody waited (protocol.md rule 25). */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PerformRequest } from './activities.ts';
import { aFlow, aHandler, aReceive, aServiceTask, aThrow, aUserTask } from './engine/testing.ts';
import { CaseWorker, eventually } from './testing.ts';

let worker: CaseWorker;
const performed: PerformRequest[] = [];
beforeAll(async () => {
  worker = await CaseWorker.start({
    perform: (request) => {
      performed.push(request);
      if (request.activity === 'refuses')
        throw ApplicationFailure.create({ type: 'too_low', nonRetryable: true, details: [{ business: true }] });
      return Promise.resolve({ vars: {}, patch: null });
    },
  });
});
afterAll(() => worker.stop());

const paying = aFlow([aReceive('paid', { key: 'order' }), aUserTask('a'), aReceive('more', { key: 'order' })], {
  key: 'paying',
});

describe('a message', () => {
  it('is taken by the step that waits for it, and the answer brings what it opened', async () => {
    const test = await worker.startCase(paying, { vars: { order: 'k1' } });
    expect((await test.snapshot()).case.awaits).toMatchObject([{ name: 'paid', key: 'k1', step: 'paid', part: null }]);

    expect(await test.hear({ message: 'paid', key: 'k2' })).toMatchObject({ taken: false, rev: null });
    const answer = await test.hear({ message: 'paid', key: 'k1' });

    expect(answer).toMatchObject({ taken: true, rev: 2, entries: [{ consumed: { type: 'message', patch: null } }] });
    expect(test.task('a')).toMatchObject({ assignee: 'owner' });
  });

  it('rule 25: happens once, also in the next run', async () => {
    const test = await worker.startCase(paying, { vars: { order: 'k1' }, limits: { updates: 2 } });
    const id = crypto.randomUUID();
    const { runId } = await test.handle.describe();
    await test.hear({ message: 'paid', key: 'k1' }, { id });
    await test.complete('a', 'done');
    await eventually(
      () => test.handle.describe(),
      (description) => description.runId !== runId,
    );

    expect(await test.hear({ message: 'paid', key: 'k1' }, { id })).toMatchObject({ taken: true, rev: 2 });
    expect((await test.snapshot()).case.position).toEqual(['more']);
    expect(await test.hear({ message: 'paid', key: 'k1' })).toMatchObject({ taken: true });
    expect((await test.result()).snapshot.case.status).toBe('completed');
  });

  it('to a case that is over finds nobody', async () => {
    const test = await worker.startCase(aFlow([aUserTask('a')], { key: 'short' }));
    await test.complete('a', 'done');
    await test.result();

    await expect(test.hear({ message: 'paid', key: 'k1' })).rejects.not.toBeInstanceOf(WorkflowUpdateFailedError);
  });
});

it('a throw is handed over like an activity, with its key', async () => {
  const steps = [aThrow('tell', { message: 'ordered', key: 'order' }), aThrow('warn', { signal: 'storm' })];
  const test = await worker.startCase(aFlow(steps, { key: 'telling' }), { vars: { order: 'k7' } });
  await test.result();

  const own = performed.filter(({ caseId }) => caseId === test.caseId);
  expect(own).toMatchObject([
    { step: 'tell', activity: 'message.send', send: { name: 'ordered', key: 'k7' }, rev: 1 },
    { step: 'warn', activity: 'signal.send', send: { name: 'storm', key: null }, rev: 2 },
  ]);
});

it('what an activity refuses as its business goes to the error handler', async () => {
  const on = [aHandler('low', { catch: 'error', codes: ['too_low'] }, [aUserTask('raise')])];
  const test = await worker.startCase(aFlow([aServiceTask('book', { activity: 'refuses', on })], { key: 'refusing' }));

  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks.some(({ step }) => step === 'raise'),
  );
  expect((await test.snapshot()).case.incidents).toEqual([]);
});
