import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import repair from './flows/repair.json' with { type: 'json' };
import type { Flow } from './engine/flow.gen.ts';
import { aCc, aFlow, aForEach, aLoop, anApproval, aServiceTask, aTimer, aUserTask } from './engine/testing.ts';
import type { ProjectRequest } from './activities.ts';
import { REFUSED } from './messages.ts';
import { CaseWorker, eventually } from './testing.ts';

const flow = repair as unknown as Flow;
let worker: CaseWorker;
const projected: ProjectRequest[] = [];
let failures = 0;
/** What `project` waits for. */
let gate: Promise<void> = Promise.resolve();

beforeAll(async () => {
  worker = await CaseWorker.start({
    project: async (request) => {
      await gate;
      projected.push(request);
      return { acked: request.entries.at(-1)?.rev ?? 0 };
    },
    perform: ({ activity }) => {
      if (activity === 'fails' && failures > 0) {
        failures -= 1;
        throw ApplicationFailure.nonRetryable('call 13800000000', 'printer_off');
      }
      return Promise.resolve({ vars: {}, patch: activity === 'fails' ? 'patch-1' : null });
    },
  });
});
afterAll(() => worker.stop());

describe('a long list on a real server', () => {
  it('begins and works off its items over runs of at most 200 events, with tasks open and a timer waiting', async () => {
    const due = { in: 'P30D', then: { do: 'complete' as const, outcome: 'done' } };
    const steps = [aForEach('each', [aUserTask('check', { due })], { atOnce: 4 }), aUserTask('after')];
    const lines = Array.from({ length: 90 }, (_, index) => ({ id: `row-${String(index)}` }));
    const limits = { events: 200 };
    const test = await worker.startCase(aFlow(steps, { key: 'each_long' }), { limits, vars: { lines } });
    const begun = await test.handle.describe();
    for (let done = 0; done < 90; done += 1) await test.complete('check', 'done');

    expect([...test.tasks.values()].map(({ step }) => step)).toEqual(['after']);
    const { runId, historyLength } = await test.handle.describe();
    expect(runId).not.toBe(begun.runId);
    expect(historyLength).toBeLessThan(300);
    expect((await test.events(begun.runId)).length).toBeLessThan(300);
    await test.complete('after', 'done');
    expect((await test.result()).snapshot.case.status).toBe('completed');
  }, 120_000);

  it('of quick steps goes on by itself, and each message it sends is small enough', async () => {
    const steps = [aForEach('each', [aCc('tell')]), aUserTask('after')];
    const lines = Array.from({ length: 3000 }, (_, index) => ({ id: `row-${String(index)}` }));
    const test = await worker.startCase(aFlow(steps, { key: 'each_quick' }), { vars: { lines } });
    await eventually(
      () => test.snapshot(),
      ({ tasks }) => tasks.some(({ step }) => step === 'after'),
    );

    const sent = await eventually(
      () => Promise.resolve(projected.filter(({ caseId }) => caseId === test.caseId)),
      (requests) => requests.some(({ entries }) => (entries.at(-1)?.rev ?? 0) >= 30),
    );
    expect(Math.max(...sent.map((request) => JSON.stringify(request).length))).toBeLessThan(1_000_000);
    expect((await test.events()).length).toBeLessThan(200);
  }, 120_000);

  it('two years of monthly steps, over runs of at most 200 events', async () => {
    const steps = [aLoop('months', 'false', [aTimer('wait', { in: 'PT1S' }), aUserTask('read')], 24)];
    const test = await worker.startCase(aFlow(steps, { key: 'two_years' }), { limits: { events: 200 } });
    const begun = await test.handle.describe();
    for (let month = 0; month < 24; month += 1) {
      await eventually(
        () => test.snapshot(),
        ({ tasks }) => tasks.length === 1,
      );
      await test.heal();
      await test.complete('read', 'done');
    }

    expect((await test.result()).snapshot.case.status).toBe('completed');
    expect((await test.events(begun.runId)).length).toBeLessThan(300);
    expect((await test.handle.describe()).runId).not.toBe(begun.runId);
  }, 180_000);
});

const twoSteps = aFlow(
  [aUserTask('first', { people: { assign: { rule: 'pool', role: 'dispatcher' } } }), aUserTask('second')],
  { key: 'two_steps' },
);

describe('event budget', () => {
  it('starts a case and opens its first tasks within one workflow task', async () => {
    const test = await worker.startCase(twoSteps);

    expect((await test.events()).length).toBe(6);
    expect(test.task('first')).toMatchObject({ pool: 'dispatcher' });
  });

  it('takes 5 events for a command on a pool or field rule', async () => {
    const test = await worker.startCase(twoSteps);
    const before = (await test.events()).length;

    await test.complete('first', 'done');

    expect((await test.events()).length - before).toBe(5);
    expect(test.task('second')).toMatchObject({ assignee: 'owner' });
  });

  it('takes one more where people are resolved, and answers with them (rule 17)', async () => {
    const people = { assign: { rule: 'role' as const, role: 'manager' } };
    const test = await worker.startCase(
      aFlow([aUserTask('first'), anApproval('decide', { people, mode: 'all' })], { key: 'resolves' }),
    );
    const before = (await test.events()).length;

    const answer = await test.complete('first', 'done');

    expect((await test.events()).length - before).toBe(6);
    expect(answer.entries.map(({ event }) => event.type)).toEqual(['task_completed', 'people_resolved']);
    expect([...test.tasks.values()].map(({ assignee }) => assignee)).toEqual(['p1', 'p2']);
  });

  it('takes one more where an earlier timer is armed, none where a later one is', async () => {
    const steps = [
      aUserTask('a', { due: { in: 'PT2H' } }),
      aUserTask('b', { due: { in: 'PT1H' } }),
      aUserTask('c', { due: { in: 'PT3H' } }),
    ];
    const test = await worker.startCase(aFlow(steps, { key: 'timers' }));
    const start = (await test.events()).length;
    await test.complete('a', 'done');
    const earlier = (await test.events()).length;
    await test.complete('b', 'done');
    const later = (await test.events()).length;

    expect([start, earlier - start, later - earlier]).toEqual([7, 6, 5]);
  });

  it('leaves no history for a refused command', async () => {
    const test = await worker.startCase(twoSteps);
    const message = test.completing('first', 'done');
    await test.deliver(message);
    const before = (await test.events()).length;

    const stale = test.message({
      ...message.command,
      kind: 'complete',
      task: test.task('second').task,
      assignment: 9,
      outcome: 'done',
    });
    const refusal = await test.deliver(stale).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(WorkflowUpdateFailedError);
    const cause = (refusal as WorkflowUpdateFailedError).cause as ApplicationFailure;
    expect(cause.type).toBe(REFUSED);
    expect(cause.details).toEqual([{ code: 'assignment_changed', params: { assignment: 1 } }]);
    expect((await test.events()).length).toBe(before);
  });
});

describe('a case', () => {
  it('runs the repair flow to its end and answers by its result (rule 1)', async () => {
    const test = await worker.startCase(flow, { vars: { area: 'private' } });
    await test.complete('dispatch', 'dispatched', { dispatchMode: 'assign', technician: 'tech' });
    await test.complete('accept_assigned', 'accepted');
    await test.complete('arrive', 'arrived');
    await test.complete('work', 'done');
    await test.complete('accept_owner', 'accepted');
    const before = (await test.events()).length;
    const last = test.completing('rate', 'rated');
    const answer = await test.deliver(last);

    const result = await test.result();

    expect((await test.events()).length - before).toBe(6);
    expect(result.snapshot.case).toMatchObject({ status: 'completed', outcome: 'completed' });
    expect(result.ring).toContainEqual({ id: last.command.id, n: last.command.n, rev: answer.rev });
    expect(result.entries.map(({ rev }) => rev)).toContain(answer.rev);
  });

  it('rule 2: a command that comes twice is answered, not applied again', async () => {
    const test = await worker.startCase(twoSteps);
    const message = test.completing('first', 'done');
    const first = await test.deliver(message);

    const again = await test.deliver(message, 'another-update-id');

    expect(again.rev).toBe(first.rev);
    expect((await test.snapshot()).rev).toBe(first.rev);
  });

  it('rule 2: the ring survives continue-as-new, and so do tasks and timers', async () => {
    const steps = [aUserTask('a', { due: { in: 'PT2H' } }), aUserTask('b', { due: { in: 'PT1H' } }), aUserTask('c')];
    const test = await worker.startCase(aFlow(steps, { key: 'long' }), { limits: { updates: 2 } });
    const { runId } = await test.handle.describe();
    const message = test.completing('a', 'done');
    message.command.lowestPending = 1;
    await test.deliver(message);
    await eventually(
      () => test.handle.describe(),
      (now) => now.runId !== runId,
    );

    const again = await test.deliver(message);

    expect(again.rev).toBe(2);
    expect((await test.snapshot()).tasks).toMatchObject([{ step: 'b', dueAt: expect.any(Number) as number }]);
    await test.complete('b', 'done');
    expect(test.task('c')).toMatchObject({ assignee: 'owner' });
    const flushed = projected.filter(({ caseId }) => caseId === test.caseId);
    expect(flushed.at(-1)?.entries.at(-1)?.rev).toBe(2);
  });

  it('rule 3: entries stay until they are acknowledged', async () => {
    const test = await worker.startCase(twoSteps);
    const message = test.completing('first', 'done');
    message.acked = 0;

    const answer = await test.deliver(message);

    expect(answer.entries.map(({ rev }) => rev)).toEqual([1, 2]);
    const next = await test.complete('second', 'done');
    expect(next.entries.map(({ rev }) => rev)).toEqual([3]);
  });

  it('rule 4: what nobody waits on goes through project, and a due time acts by itself', async () => {
    const due = { in: 'PT1S', then: { do: 'complete' as const, outcome: 'done' } };
    const test = await worker.startCase(aFlow([aUserTask('wait', { due }), aUserTask('after')], { key: 'due' }));

    const snapshot = await eventually(
      () => test.snapshot(),
      ({ rev }) => rev === 2,
    );

    expect(snapshot.tasks).toMatchObject([{ step: 'after' }]);
    const request = await eventually(
      () => Promise.resolve(projected.find(({ caseId }) => caseId === test.caseId)),
      Boolean,
    );
    expect(request?.entries.at(-1)).toMatchObject({
      event: { type: 'timer_fired' },
      closed: [{ outcome: 'done', by: null }],
    });
    const types = (await test.events()).map((event) => Object.keys(event).find((key) => key.endsWith('Attributes')));
    expect(types.filter((type) => type === 'activityTaskScheduledEventAttributes')).toHaveLength(1);
    expect(types).not.toContain('markerRecordedEventAttributes');
  });

  it('makes an incident of an activity that fails, and a retry runs it again', async () => {
    failures = 1;
    const test = await worker.startCase(
      aFlow([aServiceTask('print', { activity: 'fails' }), aUserTask('after')], { key: 'fails' }),
    );
    const stopped = await eventually(
      () => test.snapshot(),
      (now) => now.case.incidents.length > 0,
    );
    expect(stopped.case.incidents).toMatchObject([
      { step: 'print', code: 'activity_failed', detail: { error: 'printer_off' } },
    ]);

    await test.send({ kind: 'retry', actor: 'operator', incident: stopped.case.incidents[0]?.id ?? 0, vars: {} });

    const done = await eventually(
      () => test.snapshot(),
      (now) => now.tasks.length > 0,
    );
    expect(done).toMatchObject({ tasks: [{ step: 'after' }], case: { incidents: [] } });
    const request = await eventually(
      () => Promise.resolve(projected.filter(({ caseId }) => caseId === test.caseId).at(-1)),
      (last) => last?.entries.at(-1)?.event.type === 'activity_done',
    );
    expect(request?.entries.at(-1)?.patchEffect).toEqual(expect.any(Number));
  });

  it('rule 13: a full case does not start activities, its next run does', async () => {
    const steps = [aUserTask('a'), aServiceTask('print'), aUserTask('b')];
    const test = await worker.startCase(aFlow(steps, { key: 'full' }), { limits: { updates: 2 } });
    await test.complete('a', 'done');

    const done = await eventually(
      () => test.snapshot(),
      (now) => now.tasks.some(({ step }) => step === 'b'),
    );

    expect(done.rev).toBe(3);
  });

  it('rule 14: moves to a version that it reads, or says why not, and its next run begins with that', async () => {
    const of = (...ids: string[]) =>
      aFlow(
        ids.map((id) => aUserTask(id)),
        { key: 'moving' },
      );
    const test = await worker.startCase(of('a', 'b'), { limits: { updates: 2 } });
    const first = (await test.handle.describe()).runId;
    const refusal = await test.migrate(of('x'), 2).catch((error: unknown) => error);
    const cause = (refusal as WorkflowUpdateFailedError).cause as ApplicationFailure;
    expect(cause.type).toBe(REFUSED);
    expect(cause.details).toMatchObject([{ code: 'migrate_refused', params: { reason: 'no_target', step: 'a' } }]);

    await test.migrate(of('x', 'y'), 3, { a: 'x' });
    await eventually(
      async () => (await test.handle.describe()).runId,
      (run) => run !== first,
    );
    await test.complete('x', 'done');

    expect((await test.snapshot()).flowVersion).toBe(3);
    await test.complete('y', 'done');
    expect((await test.result()).snapshot.case.status).toBe('completed');
  });

  it('rule 13: what a full case withheld is over when the case is', async () => {
    const steps = [aUserTask('a'), aServiceTask('print'), aUserTask('b')];
    const held = Promise.withResolvers<undefined>();
    gate = held.promise;
    const test = await worker.startCase(aFlow(steps, { key: 'withheld' }), { limits: { updates: 2 } });
    const withheld = (await test.complete('a', 'done')).entries.at(-1)?.effects[0]?.id;
    await test.send({ kind: 'cancel', actor: 'operator', vars: {} });
    held.resolve(undefined);

    await test.result();

    const said = projected.filter(({ caseId }) => caseId === test.caseId).flatMap(({ entries }) => entries);
    expect(withheld).toEqual(expect.any(Number));
    expect(said.map(({ consumed }) => consumed)).toContainEqual({
      type: 'activityFailed',
      effect: withheld,
      error: { code: 'cancelled', message: 'cancelled' },
    });
  });

  it('that begins with a reference waits for a flow that cannot be read, instead of failing', async () => {
    worker.unreadable.add('unread');

    const test = await worker.startCase(aFlow([aUserTask('first')], { key: 'unread' }), { byReference: true });

    expect(test.task('first')).toMatchObject({ assignee: 'owner' });
  });

  it('rule 16: no field that the flow does not mention enters the state, whatever a command carries', async () => {
    const test = await worker.startCase(twoSteps);

    const answer = await test.complete('first', 'done', { phone: '13800000000' });

    const { consumed: _consumed, ...entry } = answer.entries.at(-1)!;
    expect(JSON.stringify([await test.snapshot(), entry])).not.toContain('13800000000');
  });
});
