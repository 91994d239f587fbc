import { describe, expect, it } from 'vitest';
import { crash } from '../crash.ts';
import { Simulation } from '../simulate.ts';
import { anApproval, aUserTask, compileSteps } from '../testing.ts';
import type { Approval } from '../flow.gen.ts';

const hour = 3_600_000;
const people = { assign: { rule: 'role' as const, role: 'manager' } };
const resolve = () => ({ persons: ['p1', 'p2', 'p3', 'p1'], explanation: { rule: 'role' as const, inputs: {} } });

function deciding(fields: Partial<Approval>): Simulation {
  const run = new Simulation(
    compileSteps([aUserTask('first'), anApproval('ok', { people, ...fields }), aUserTask('after')]),
    { resolve },
  );
  run.start('owner');
  run.complete('first', 'done');
  return run;
}

describe('approval', () => {
  it('asks each person once', () => {
    expect(deciding({ mode: 'all' }).state.tasks.map(({ assignee }) => assignee)).toEqual(['p1', 'p2', 'p3']);
  });

  it('any: the first decision counts and the others are cancelled', () => {
    const run = deciding({ mode: 'any' });

    run.complete('ok', 'approved');

    expect(run.open()).toEqual(['after']);
    expect(run.entries.at(-1)?.closed.map(({ state }) => state)).toEqual(['done', 'cancelled', 'cancelled']);
    expect(run.state.trail.at(-1)).toMatchObject({ step: 'ok', outcome: 'approved' });
  });

  it('all: goes on when the last has approved', () => {
    const run = deciding({ mode: 'all' });

    run.complete('ok', 'approved');
    run.complete('ok', 'approved');
    expect(run.open()).toEqual(['ok']);
    run.complete('ok', 'approved');

    expect(run.open()).toEqual(['after']);
  });

  it('all: one rejection rejects', () => {
    const run = deciding({ mode: 'all' });

    run.complete('ok', 'approved');
    run.complete('ok', 'rejected');

    expect(run.open()).toEqual(['after']);
    expect(run.state.trail.at(-1)).toMatchObject({ outcome: 'rejected' });
  });

  it('ends the case with a rejection where the flow says so', () => {
    const run = deciding({ mode: 'any', onRejected: 'end' });

    run.complete('ok', 'rejected');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'rejected', tasks: [] });
  });

  it('approves for the initiator who would have to ask themself', () => {
    const own = { assign: { rule: 'initiator' as const }, whenInitiator: 'skip' as const };
    const run = deciding({ mode: 'any', people: own });

    expect(run.open()).toEqual(['after']);
    expect(run.state.trail.at(-1)).toMatchObject({ step: 'ok', outcome: 'approved', skipped: true });
  });

  it('all: waits for somebody who sent the work straight back', () => {
    const run = deciding({ mode: 'all' });
    run.returnTo('ok', 'first', { mode: 'straightBack' });
    run.complete('ok', 'approved');
    run.complete('ok', 'approved');
    expect(run.open()).toEqual(['first']);

    run.complete('first', 'done');
    expect(run.task('ok')).toMatchObject({ assignee: 'p1' });
    run.complete('ok', 'approved');

    expect(run.open()).toEqual(['after']);
  });

  it('asks all of them again after a return', () => {
    const run = deciding({ mode: 'all' });
    run.complete('ok', 'approved');
    run.returnTo('ok', 'first');

    run.complete('first', 'done');

    expect(run.state.tasks.map(({ assignee }) => assignee)).toEqual(['p1', 'p2', 'p3']);
  });

  it('deciding a task settles the incidents of that task, also where others still decide', () => {
    const helper = { assign: { rule: 'field' as const, field: 'helper' }, whenEmpty: 'incident' as const };
    const run = deciding({ mode: 'all', due: { in: 'PT4H', then: { do: 'transfer', people: helper } } });
    run.advance(4 * hour);
    expect(run.state.incidents).toHaveLength(3);

    run.complete('ok', 'approved');

    expect(run.state.incidents).toHaveLength(2);
    expect(run.entries.at(-1)?.case.incidents).toHaveLength(2);
  });

  it('deciding a task settles a timer of it that the engine failed on', () => {
    const run = deciding({ mode: 'all', due: { in: 'PT4H' } });
    run.state = crash(run.compiled, run.state, { type: 'timer' }, run.now + 4 * hour).state;

    run.complete('ok', 'approved');

    expect(run.state.incidents).toEqual([]);
  });
});
