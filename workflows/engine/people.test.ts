import { describe, expect, it } from 'vitest';
import type { Effect } from './types.ts';
import { Simulation } from './simulate.ts';
import { aUserTask, compileSteps } from './testing.ts';

describe('rule 17: people who are needed in the middle of a step', () => {
  const inFlight = () => {
    const asked: Extract<Effect, { type: 'resolve' }>[] = [];
    const least = aUserTask('least', { people: { assign: { rule: 'leastLoaded', role: 'hr' } } });
    const run = new Simulation(compileSteps([least, aUserTask('after')]), {
      resolve: (effect) => void asked.push(effect),
    });
    run.start('owner');
    return { run, effect: asked[0]!.id };
  };
  const people = { persons: ['clerk'], explanation: { rule: 'leastLoaded' as const, inputs: {} } };

  it('rule 17: the step asks, and the answer is an event with its own rev', () => {
    const { run, effect } = inFlight();
    expect(run.entries).toMatchObject([{ rev: 1, opened: [], effects: [{ type: 'resolve', id: effect }] }]);
    run.consume({ type: 'resolved', effect, people });

    expect(run.entries.at(-1)).toMatchObject({
      rev: 2,
      event: { type: 'people_resolved' },
      opened: [{ assignee: 'clerk' }],
    });
    expect(run.open()).toEqual(['least']);
  });

  it('rule 17: an answer whose frame is gone, or that comes twice, opens nothing', () => {
    const { run, effect } = inFlight();
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });
    run.consume({ type: 'resolved', effect, people });
    expect(run.open()).toEqual([]);
    expect(run.state).toMatchObject({ status: 'cancelled', effects: [] });

    const twice = inFlight();
    twice.run.consume({ type: 'resolved', effect: twice.effect, people });
    const { rev } = twice.run.state;
    twice.run.consume({ type: 'resolved', effect: twice.effect, people });
    expect(twice.run.open()).toEqual(['least']);
    expect(twice.run.state.rev).toBe(rev);
  });
});
