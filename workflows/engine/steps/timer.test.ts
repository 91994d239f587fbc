import { describe, expect, it } from 'vitest';
import { Simulation } from '../simulate.ts';
import { aTimer, aUserTask, compileSteps } from '../testing.ts';
import type { Timer } from '../flow.gen.ts';
import type { Vars } from '../types.ts';

const hour = 3_600_000;
/** 2026-01-01 01:00 in Shanghai. */
function waiting(fields: Partial<Timer>, vars: Vars = {}, types = {}): Simulation {
  const run = new Simulation(compileSteps([aTimer('wait', fields), aUserTask('after')], { types }));
  run.start('owner', vars);
  return run;
}

describe('timer', () => {
  it('waits so long, in the position, with a line in the log', () => {
    const run = waiting({ in: 'PT2H' });
    run.advance(2 * hour - 1);
    expect([run.open(), run.entries.at(-1)?.case.position]).toEqual([[], ['wait']]);
    run.advance(1);

    expect(run.open()).toEqual(['after']);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'timer_fired', step: 'wait', data: { timer: 'wait' } });
  });

  it('waits for the beginning of a day in the zone of the community', () => {
    const run = waiting({ at: 'on' }, { on: '2026-01-02' }, { on: 'date' });
    run.advance(23 * hour - 1);
    expect(run.open()).toEqual([]);
    run.advance(1);

    expect(run.open()).toEqual(['after']);
  });

  it.each([
    ['a moment that is past', 'now - duration("PT1S")'],
    ['none', 'null'],
  ])('does not wait for %s', (_name, at) => {
    expect(waiting({ at }).open()).toEqual(['after']);
  });

  it('is an incident while its moment cannot be told', () => {
    const run = waiting({ at: 'amount' }, { amount: 3 });
    expect(run.state.incidents).toMatchObject([{ step: 'wait', code: 'expression_not_moment' }]);

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: { amount: null } });
    expect(run.open()).toEqual(['after']);
  });

  it('is gone with the case', () => {
    const run = waiting({ in: 'PT2H' });
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    expect(run.state).toMatchObject({ status: 'cancelled', timers: [] });
  });
});
