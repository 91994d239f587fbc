import { describe, expect, it } from 'vitest';
import { returnTargets } from './return.ts';
import { Simulation } from './simulate.ts';
import { anExclusive, aUserTask, compileSteps } from './testing.ts';

const field = (name: string) => ({ people: { assign: { rule: 'field' as const, field: name } } });
const steps = [
  aUserTask('a', field('pa')),
  anExclusive(
    'split',
    'big = true',
    [aUserTask('b', field('pb')), aUserTask('c', field('pc'))],
    [aUserTask('x', field('px'))],
  ),
  aUserTask('d', field('pd')),
];
const compiled = compileSteps(steps);

function at(step: string, big = true): Simulation {
  const run = new Simulation(compiled);
  run.start('owner', { big, pa: 'A', pb: 'B', pc: 'C', pd: 'D', px: 'X' });
  while (!run.open().includes(step)) run.complete(run.open()[0] ?? '', 'done');
  return run;
}
const targets = (run: Simulation) => returnTargets(compiled, run.state, run.task(run.open()[0] ?? ''));

describe('return', () => {
  it('thread 3: offers the human steps every way here has passed, whatever is drawn', () => {
    expect(targets(at('a'))).toEqual([]);
    expect(targets(at('c'))).toEqual(['a', 'b']);
    expect(targets(at('d'))).toEqual(['a']);
  });

  it('refuses any other target', () => {
    expect(at('d').returnTo('d', 'b')).toMatchObject({ code: 'return_target_invalid' });
    expect(at('c').returnTo('c', 'd')).toMatchObject({ code: 'return_target_invalid' });
    expect(at('c').returnTo('c', 'nowhere')).toMatchObject({ code: 'return_target_invalid' });
  });

  it('rule 21: redo the rest opens the target for who did it, and forgets what came after', () => {
    const run = at('d');
    run.returnTo('d', 'a');

    expect(run.open()).toEqual(['a']);
    expect(run.task('a')).toMatchObject({ assignee: 'A', returnedBy: 'D', explanation: { policy: 'returned' } });
    expect(run.state.trail).toEqual([]);
    run.complete('a', 'done', { vars: { big: false } });
    expect(run.open()).toEqual(['x']);
  });

  it('goes back within a branch without leaving it', () => {
    const run = at('c');
    run.returnTo('c', 'b');
    expect(run.task('b')).toMatchObject({ assignee: 'B' });

    run.complete('b', 'done');
    run.complete('c', 'done');

    expect(run.open()).toEqual(['d']);
  });

  it('rule 21: straight back is a detour and comes back to whoever sent it', () => {
    const run = at('d');
    run.returnTo('d', 'a', { mode: 'straightBack' });
    expect(run.open()).toEqual(['a']);
    expect(run.state.trail.map(({ step }) => step)).toEqual(['a', 'b', 'c']);

    run.complete('a', 'done');

    expect(run.open()).toEqual(['d']);
    expect(run.task('d')).toMatchObject({ assignee: 'D' });
    run.complete('d', 'done');
    expect(run.state.status).toBe('completed');
  });

  it('drops a detour when its doer goes back further', () => {
    const run = at('c');
    run.returnTo('c', 'b', { mode: 'straightBack' });

    run.returnTo('b', 'a');

    expect(run.open()).toEqual(['a']);
    expect(run.state.tasks).toHaveLength(1);
  });

  it('closes the task as done and never uses its id again (rule 5)', () => {
    const run = at('d');
    const { id } = run.task('d');
    run.returnTo('d', 'a');

    expect(run.entries.at(-1)).toMatchObject({ closed: [{ task: id, state: 'done', outcome: 'returned', by: 'D' }] });
    for (const step of ['a', 'b', 'c']) run.complete(step, 'done');
    expect(run.task('d').id).not.toBe(id);
  });

  it('thread 20: changes no value, whoever returns; those that are sent along are written like any', () => {
    const run = at('d');
    const before = run.state.vars;
    run.returnTo('d', 'a');
    expect(run.state.vars).toEqual(before);
    run.complete('a', 'done', { vars: { big: false } });
    const task = run.task('x');
    const sent = { task: task.id, assignment: task.assignment, to: 'a', mode: 'redo' as const, actor: 'X' };

    run.send({ kind: 'return', ...sent, vars: { pd: 'E' } });

    expect(run.state.vars).toEqual({ ...before, big: false, pd: 'E' });
  });

  it('is refused where the step forbids it', () => {
    const run = new Simulation(
      compileSteps([aUserTask('a'), aUserTask('b', { allow: { return: false, transfer: false } })]),
    );
    run.start('owner');
    run.complete('a', 'done');

    expect(run.returnTo('b', 'a')).toMatchObject({ code: 'act_not_allowed' });
  });

  it('asks the rule where only a due time completed the target, whatever the step is called', () => {
    const due = { in: 'PT1H', then: { do: 'complete' as const, outcome: 'done' } };
    const run = new Simulation(compileSteps([aUserTask('constructor', { due }), aUserTask('b')]));
    run.start('owner');
    run.advance(3_600_000);

    run.returnTo('b', 'constructor');

    expect(run.task('constructor')).toMatchObject({ assignee: 'owner' });
  });
});
