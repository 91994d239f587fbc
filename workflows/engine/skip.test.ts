import { describe, expect, it } from 'vitest';
import { Simulation } from './simulate.ts';
import type { SkipCommand } from './types.ts';
import { aLoop, anApproval, aServiceTask, aTimer, aUserTask, compileSteps } from './testing.ts';

const skipping = (fields: Partial<SkipCommand>) => {
  const none = { step: null, item: null, incident: null, outcome: null };
  return { kind: 'skip' as const, actor: 'operator', vars: {}, ...none, ...fields };
};
const fails = { perform: () => ({ error: 'offline' }) };

describe('skip', () => {
  it('passes over a human step with the outcome it counts as; nobody can be sent back to it', () => {
    const run = new Simulation(compileSteps([aUserTask('a'), anApproval('ok'), aUserTask('b')]));
    run.start('owner');
    run.complete('a', 'done');

    expect(run.send(skipping({ step: 'ok' }))).toMatchObject({ code: 'unknown_outcome' });
    run.send(skipping({ step: 'ok', outcome: 'approved' }));

    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'step_skipped', step: 'ok', actor: 'operator', data: { outcome: 'approved' } },
      closed: [{ step: 'ok', state: 'cancelled' }],
      opened: [{ step: 'b' }],
    });
    expect(run.returnTo('b', 'ok')).toMatchObject({ code: 'return_target_invalid' });
    expect(run.returnTo('b', 'a')).toBeNull();
  });

  it('as rejected where that ends the case', () => {
    const run = new Simulation(compileSteps([anApproval('ok', { onRejected: 'end' }), aUserTask('b')]));
    run.start('owner');

    run.send(skipping({ step: 'ok', outcome: 'rejected' }));

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'rejected' });
  });

  it('passes over a service step in an incident, a timer, a step whose people are missing', () => {
    const people = { assign: { rule: 'field' as const, field: 'nobody' }, whenEmpty: 'incident' as const };
    const run = new Simulation(
      compileSteps([aServiceTask('print'), aTimer('wait'), aUserTask('a', { people })]),
      fails,
    );
    run.start('owner');

    run.send(skipping({ incident: run.state.incidents[0]!.id }));
    expect(run.entries.at(-1)?.case.position).toEqual(['wait']);
    run.send(skipping({ step: 'wait' }));
    expect(run.state.incidents[0]?.code).toBe('people_empty');
    run.send(skipping({ step: 'a', outcome: 'done' }));

    expect(run.state.status).toBe('completed');
  });

  it('leaves out what an incident beside a task stopped; the task stays', () => {
    const run = new Simulation(compileSteps([aUserTask('a', { due: { at: 'amount' } })], {}));
    run.start('owner', { amount: 3 });
    const incident = run.state.incidents[0]!.id;

    run.send(skipping({ incident }));

    expect([run.open(), run.state.incidents]).toEqual([['a'], []]);
    expect(run.send(skipping({ incident }))).toMatchObject({ code: 'incident_unknown' });
  });

  it('leaves out a compensation that fails; the next goes on', () => {
    const compensate = { activity: 'undo' };
    const undone: string[] = [];
    const run = new Simulation(
      compileSteps([aServiceTask('pay', { compensate }), aServiceTask('book', { compensate }), aUserTask('a')]),
      {
        perform: ({ step, undoes }) => {
          if (undoes !== null) undone.push(step);
          return step === 'book' && undoes !== null ? { error: 'closed' } : { vars: {}, patch: null };
        },
      },
    );
    run.start('owner');
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    run.send(skipping({ incident: run.state.incidents[0]!.id }));

    expect(undone).toEqual(['book', 'pay']);
    expect(run.entries.find(({ event }) => event.type === 'step_skipped')?.event.data).toHaveProperty('undoes');
    expect(run.state.status).toBe('cancelled');
  });

  it('names the round where it is in one, and refuses a step that does not wait', () => {
    const run = new Simulation(compileSteps([aLoop('l', 'false', [aUserTask('a')], 2), aUserTask('b')]));
    run.start('owner');

    expect(run.send(skipping({ step: 'b', outcome: 'done' }))).toMatchObject({ code: 'step_not_waiting' });
    expect(run.send(skipping({ step: 'a', item: '2', outcome: 'done' }))).toMatchObject({
      code: 'step_not_waiting',
      params: { items: ['1'] },
    });
    expect(run.send(skipping({ step: 'a', item: '1', outcome: 'done' }))).toBeNull();
    expect(run.state.tasks).toHaveLength(1);
  });
});
