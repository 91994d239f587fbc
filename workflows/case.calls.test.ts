/** Calls of other flows on the run's real Temporal: begun by an activity, over by an update of their own (protocol.md rule 10). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import type { PerformRequest } from './activities.ts';
import { aCallActivity, aFlow, aParallel, aUserTask } from './engine/testing.ts';
import type { ChildEndedEvent } from './engine/types.ts';
import { CaseWorker, eventually, type TestCase } from './testing.ts';

let worker: CaseWorker;
const performed: PerformRequest[] = [];
beforeAll(async () => {
  worker = await CaseWorker.start({
    perform: (request) => {
      performed.push(request);
      if (request.call?.flow === 'nowhere') throw ApplicationFailure.nonRetryable('none', 'flow_unknown');
      return Promise.resolve({ vars: {}, patch: null });
    },
  });
});
afterAll(() => worker.stop());

const ofCase = ({ caseId }: TestCase): PerformRequest[] => performed.filter((each) => each.caseId === caseId);
const begun = async (test: TestCase): Promise<number> => {
  await eventually(
    () => test.snapshot(),
    ({ rev }) => rev >= 2,
  );
  return ofCase(test)[0]?.effect ?? 0;
};
const over = (effect: number): ChildEndedEvent => ({
  type: 'childEnded',
  effect,
  status: 'completed',
  outcome: 'fine',
  error: null,
  vars: {},
  patch: null,
});

describe('a callActivity', () => {
  it('is begun like an activity and waits for its end, which is taken once', async () => {
    const test = await worker.startCase(aFlow([aCallActivity('call'), aUserTask('after')], { key: 'calling' }));
    const effect = await begun(test);

    expect(ofCase(test)).toMatchObject([
      { step: 'call', activity: 'flow.call', call: { flow: 'child', waits: true }, rev: 1 },
    ]);
    const answer = await test.told(over(effect));
    expect(answer).toMatchObject({ taken: true, rev: 3 });
    expect(test.task('after')).toMatchObject({ assignee: 'owner' });
    expect(await test.told(over(effect))).toMatchObject({ taken: false, rev: null });
  });

  it('is waited for over runs, and begun in the first of them only', async () => {
    const fork = aParallel('fork', [[aCallActivity('call')], [aUserTask('own')]]);
    const test = await worker.startCase(aFlow([fork, aUserTask('after')], { key: 'long_calling' }), {
      limits: { updates: 2 },
    });
    const effect = await begun(test);
    const { runId } = await test.handle.describe();
    await test.complete('own', 'done');
    await eventually(
      () => test.handle.describe(),
      (description) => description.runId !== runId,
    );

    expect(await test.told(over(effect))).toMatchObject({ taken: true });
    expect((await test.snapshot()).case.position).toEqual(['after']);
    expect(ofCase(test)).toHaveLength(1);
  });

  it('hears an escalation once, also in the next run', async () => {
    const test = await worker.startCase(aFlow([aCallActivity('call')], { key: 'hearing' }), { limits: { updates: 2 } });
    const effect = await begun(test);
    const cry = { type: 'childEscalated' as const, effect, id: 'e1', code: 'help' };
    const { rev } = await test.told(cry);

    expect(await test.told(cry)).toMatchObject({ taken: true, rev });
    expect(await test.told(over(effect))).toMatchObject({ taken: true });
    expect((await test.result()).snapshot.case.status).toBe('completed');
  });

  it('that cannot begin is an incident', async () => {
    const test = await worker.startCase(aFlow([aCallActivity('call', { flow: 'nowhere' })], { key: 'vain' }));
    await begun(test);

    expect((await test.snapshot()).case.incidents).toMatchObject([
      { step: 'call', code: 'call_failed', detail: { error: 'flow_unknown' } },
    ]);
  });
});
