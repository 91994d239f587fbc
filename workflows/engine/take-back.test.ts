import { describe, expect, it } from 'vitest';
import { Simulation } from './simulate.ts';
import { aForEach, aLoop, anApproval, aParallel, aServiceTask, aUserTask, compileSteps } from './testing.ts';
import type { Step } from './flow.gen.ts';

function run(steps: Step[], vars = {}): Simulation {
  const simulation = new Simulation(compileSteps(steps));
  simulation.start('owner', vars);
  return simulation;
}
function decide(simulation: Simulation, step: string): () => ReturnType<Simulation['send']> {
  const { id: decided, assignee: actor } = simulation.task(step);
  simulation.complete(step, simulation.compiled.steps.get(step)?.step.kind === 'approval' ? 'approved' : 'done');
  return () => simulation.send({ kind: 'takeBack', decided, actor, vars: {} });
}

describe('rule 11: take back', () => {
  it('opens the step again for who decided, and closes what the decision opened', () => {
    const simulation = run([aUserTask('a'), aUserTask('b')]);
    const takeBack = decide(simulation, 'a');
    expect(takeBack()).toBeNull();

    expect(simulation.open()).toEqual(['a']);
    expect(simulation.task('a').assignee).toBe('owner');
    expect(simulation.entries.at(-1)).toMatchObject({
      event: { type: 'task_taken_back', step: 'a' },
      closed: [{ step: 'b', state: 'cancelled' }],
    });
    expect(simulation.state.trail).toEqual([]);
  });

  it('is too late once somebody after it has decided, for somebody else, or twice', () => {
    const simulation = run([aUserTask('a'), aUserTask('b'), aUserTask('c')]);
    const { id: decided } = simulation.task('a');
    const takeBack = decide(simulation, 'a');
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'other', vars: {} })).toMatchObject({
      code: 'take_back_too_late',
    });
    simulation.complete('b', 'done');
    expect(takeBack()).toMatchObject({ code: 'take_back_too_late' });
  });

  it('is too late once the decision has begun an activity', () => {
    const simulation = run([aUserTask('a'), aServiceTask('tell'), aUserTask('b')]);
    const takeBack = decide(simulation, 'a');

    expect(takeBack()).toMatchObject({ code: 'take_back_too_late' });
  });

  it('leaves the branches beside alone, and opens a joined parallel for the branch alone', () => {
    const simulation = run([aParallel('fork', [[aUserTask('a')], [aUserTask('b')]]), aUserTask('c')]);
    decide(simulation, 'b');
    const takeBack = decide(simulation, 'a');
    expect(simulation.open()).toEqual(['c']);
    expect(takeBack()).toBeNull();
    expect(simulation.open()).toEqual(['a']);
    simulation.complete('a', 'done');

    expect(simulation.open()).toEqual(['c']);
  });

  it('gives back one voice of an approval that waits for others', () => {
    const people = { assign: { rule: 'field' as const, field: 'board' } };
    const simulation = run([anApproval('ok', { mode: 'all', people }), aUserTask('b')], { board: ['p1', 'p2'] });
    const takeBack = decide(simulation, 'ok');
    expect(takeBack()).toBeNull();

    expect(simulation.state.tasks.map(({ assignee }) => assignee)).toEqual(['p2', 'p1']);
  });

  it('is too late in a loop that has gone on to its next round', () => {
    const each = aForEach('each', [aUserTask('a')], { list: '[1, 2]' });
    const simulation = run([aLoop('rounds', 'false', [each])]);
    decide(simulation, 'a');
    const takeBack = decide(simulation, 'a');
    expect(simulation.open()).toEqual(['a', 'a']);

    expect(takeBack()).toMatchObject({ code: 'take_back_too_late' });
  });

  it('is not possible where the step forbids it', () => {
    const simulation = run([aUserTask('a', { allow: { takeBack: false } }), aUserTask('b')]);

    expect(decide(simulation, 'a')()).toMatchObject({ code: 'act_not_allowed' });
  });
});
