/** Cases that are large or long, on the virtual clock: what they hold stays bounded. */
import { describe, expect, it } from 'vitest';
import { Simulation } from './simulate.ts';
import { aCc, aForEach, aLoop, aTimer, aUserTask, compileSteps } from './testing.ts';
import type { Step } from './flow.gen.ts';
import type { State } from './state.ts';

/** With ids as long as those of rows. */
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}` }));
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const MOST_BYTES = 2_000_000;

function run(steps: Step[], items = 0): Simulation {
  const simulation = new Simulation(compileSteps(steps));
  simulation.start('owner', { lines: rows(items) });
  simulation.advance(0);
  return simulation;
}

describe('ten thousand items', () => {
  it('of quick steps are worked off over events of which each fits a message', () => {
    const simulation = run([aForEach('each', [aCc('tell')]), aUserTask('after')], 10_000);

    expect(simulation.open()).toEqual(['after']);
    expect(simulation.entries).toHaveLength(100);
    expect(simulation.entries.reduce((sum, { notices }) => sum + notices.length, 0)).toBe(10_000);
    expect(Math.max(...simulation.entries.map(bytes))).toBeLessThan(MOST_BYTES);
    expect(bytes(simulation.state)).toBeLessThan(MOST_BYTES);
  }, 60_000);

  it('of human steps: some are at work, the rest are keys, and what is done leaves nothing that grows', () => {
    const each = aForEach('each', [aUserTask('do'), aUserTask('check')], { until: 'done = 400' });
    const simulation = run([each, aUserTask('after')], 10_000);
    expect(simulation.state.tasks).toHaveLength(200);
    const atFirst = bytes(simulation.state);
    const sizes: number[] = [];
    while (simulation.state.tasks[0]?.step !== 'after') {
      const [{ id: task, assignment, assignee: actor }] = simulation.state.tasks as [State['tasks'][0]];
      simulation.send({ kind: 'complete', task, assignment, actor, outcome: 'done', vars: {} });
      sizes.push(bytes({ ...simulation.state, vars: {} }));
    }

    expect(atFirst).toBeLessThan(MOST_BYTES);
    // Two hundred more items done, and no more held.
    expect(sizes.at(-2)).toBeLessThan((sizes[400] ?? 0) * 1.05);
    expect(simulation.state.trail.length).toBeLessThanOrEqual(2 * 100);
  }, 120_000);
});

describe('two years', () => {
  it('of a step each month: the case waits by the clock, and holds as much in the last month as in the second', () => {
    const due = { in: 'P10D', then: { do: 'complete' as const, outcome: 'done' } };
    const month = [aTimer('wait', { in: 'P30D' }), aUserTask('read', { due })];
    const simulation = run([aLoop('months', 'false', month, 24), aUserTask('after')]);
    const sizes: number[] = [];
    const begin = simulation.now;
    for (let round = 1; round <= 24; round += 1) {
      simulation.advance(30 * 86_400_000);
      expect(simulation.open()).toEqual(['read']);
      if (round % 2 === 0) simulation.complete('read', 'done');
      else simulation.advance(10 * 86_400_000);
      sizes.push(bytes({ ...simulation.state, trail: [] }));
    }

    expect(simulation.open()).toEqual(['after']);
    expect(simulation.now - begin).toBe((24 * 30 + 12 * 10) * 86_400_000);
    expect(simulation.state.times).toEqual({ read: 24 });
    expect(sizes.at(-2)).toBeLessThan((sizes[1] ?? 0) + 50);
  });
});
