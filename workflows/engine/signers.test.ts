/** 加签, 减签, 委派, 票签, 依次: who is asked in an approval, and in which order (ux.md threads 4, 5 and 6). */
import { describe, expect, it } from 'vitest';
import type { Approval } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { anApproval, aUserTask, compileSteps } from './testing.ts';

const people = { assign: { rule: 'field' as const, field: 'board' } };
function deciding(fields: Partial<Approval>, board = ['p1', 'p2', 'p3']): Simulation {
  const run = new Simulation(compileSteps([anApproval('ok', { people, ...fields }), aUserTask('after')]));
  run.start('owner', { board });
  return run;
}
const asked = (run: Simulation) => run.state.tasks.map(({ assignee }) => assignee);
function of(run: Simulation, person: string): { task: string; assignment: number; actor: string; vars: object } {
  const task = run.state.tasks.find(({ assignee }) => assignee === person);
  if (!task) throw new Error(`${person} is not asked`);
  return { task: task.id, assignment: task.assignment, actor: person, vars: {} };
}
function say(run: Simulation, person: string, outcome = 'approved') {
  return run.send({ kind: 'complete', ...of(run, person), outcome, vars: {} });
}
const add = (run: Simulation, person: string, where: 'before' | 'after', ...persons: string[]) =>
  run.send({ kind: 'addSigners', ...of(run, person), persons, where, vars: {} });

describe('sequential', () => {
  it('asks one after another, and stops at the first who rejects', () => {
    const run = deciding({ mode: 'sequential' });
    expect(asked(run)).toEqual(['p1']);
    say(run, 'p1');
    expect(asked(run)).toEqual(['p2']);
    say(run, 'p2', 'rejected');

    expect([run.open(), run.state.trail.at(-1)]).toMatchObject([['after'], { outcome: 'rejected' }]);
  });
});

describe('all', () => {
  it.each([[['p1', 'p2', 'p3']], [['p3', 'p1', 'p2']], [['p2', 'p3', 'p1']]])(
    'thread 6: decide in whatever order: %j',
    (order) => {
      const run = deciding({ mode: 'all' });
      for (const person of order) {
        expect(run.open()).not.toContain('after');
        expect(say(run, person)).toBeNull();
      }

      expect([run.open(), run.state.trail.at(-1)]).toMatchObject([['after'], { outcome: 'approved' }]);
    },
  );
});

describe('vote', () => {
  it('thread 4: is over as soon as the result cannot change, and not before', () => {
    const run = deciding({ mode: 'vote', vote: { part: 1, of: 2 } }, ['p1', 'p2', 'p3', 'p4']);
    say(run, 'p1', 'rejected');
    expect(asked(run)).toEqual(['p2', 'p3', 'p4']);
    say(run, 'p2');
    expect(run.open()).toEqual(['ok', 'ok']);
    say(run, 'p3');

    expect([run.open(), run.state.trail.at(-1)]).toMatchObject([['after'], { outcome: 'approved' }]);
  });

  it('rejects when the rest cannot reach the part any more', () => {
    const run = deciding({ mode: 'vote', vote: { part: 2, of: 3 } });
    say(run, 'p1', 'rejected');
    expect(asked(run)).toEqual(['p2', 'p3']);
    say(run, 'p2', 'rejected');

    expect(run.state.trail.at(-1)).toMatchObject({ outcome: 'rejected' });
  });

  it('counts weights', () => {
    const run = deciding({ mode: 'vote', vote: { part: 1, of: 2, weights: { p3: 5 } } });
    say(run, 'p3');

    expect(run.state.trail.at(-1)).toMatchObject({ outcome: 'approved' });
  });
});

describe('add signers', () => {
  it('before: they decide first, then whoever added them', () => {
    const run = deciding({ mode: 'all' }, ['p1', 'p2']);
    add(run, 'p1', 'before', 'x', 'y');
    expect(asked(run)).toEqual(['p2', 'x']);
    say(run, 'x');
    expect(asked(run)).toEqual(['p2', 'y']);
    say(run, 'y');
    expect(asked(run)).toEqual(['p2', 'p1']);
    say(run, 'p1');
    say(run, 'p2');

    expect(run.open()).toEqual(['after']);
  });

  it('after: they are asked once whoever added them has approved', () => {
    const run = deciding({ mode: 'any' }, ['p1', 'p2']);
    add(run, 'p1', 'after', 'x');
    say(run, 'p1');
    expect(asked(run)).toEqual(['p2', 'x']);
    say(run, 'x');

    expect(run.open()).toEqual(['after']);
  });

  it('thread 5: a signer who rejects rejects for the seat, and nothing of it stays open', () => {
    const run = deciding({ mode: 'all' }, ['p1', 'p2']);
    add(run, 'p1', 'before', 'x', 'y');
    say(run, 'x', 'rejected');

    expect([run.open(), run.state.trail.at(-1)]).toMatchObject([['after'], { outcome: 'rejected' }]);
  });

  it('asks nobody twice, and only in an approval', () => {
    const run = deciding({ mode: 'all' }, ['p1', 'p2']);
    expect(add(run, 'p1', 'after', 'p2')).toMatchObject({ code: 'signer_already', params: { person: 'p2' } });
    expect(add(run, 'p1', 'after')).toMatchObject({ code: 'signer_unknown' });
    say(run, 'p1');
    say(run, 'p2');
    const task = run.task('after');
    const sent = { task: task.id, assignment: 1, persons: ['x'], where: 'before' as const, actor: 'owner', vars: {} };

    expect(run.send({ kind: 'addSigners', ...sent })).toMatchObject({ code: 'act_not_allowed' });
  });

  it('takes added people out again, not those the flow asks', () => {
    const run = deciding({ mode: 'sequential' }, ['p1', 'p2']);
    add(run, 'p1', 'after', 'x', 'y');
    const remove = (person: string, ...persons: string[]) =>
      run.send({ kind: 'removeSigners', ...of(run, person), persons, vars: {} });
    expect(remove('p1', 'p2')).toMatchObject({ code: 'signer_unknown' });
    expect(remove('p1', 'x')).toBeNull();
    say(run, 'p1');
    expect(asked(run)).toEqual(['y']);
    expect(remove('y', 'y')).toBeNull();

    expect(asked(run)).toEqual(['p2']);
  });

  it('goes on with a return and a detour of one who was added (thread 5)', () => {
    const steps = [aUserTask('first'), anApproval('ok', { mode: 'all', people }), aUserTask('after')];
    const run = new Simulation(compileSteps(steps));
    run.start('owner', { board: ['p1'] });
    run.complete('first', 'done');
    add(run, 'p1', 'before', 'x');
    run.returnTo('ok', 'first', { mode: 'straightBack', actor: 'x' });
    run.complete('first', 'done');
    expect(asked(run)).toEqual(['x']);
    say(run, 'x');
    say(run, 'p1');

    expect(run.open()).toEqual(['after']);
  });
});

describe('delegate', () => {
  it('comes back to who delegated, who decides', () => {
    const run = deciding({ mode: 'all' }, ['p1', 'p2']);
    run.send({ kind: 'delegate', ...of(run, 'p1'), to: 'x', vars: {} });
    expect(asked(run)).toEqual(['x', 'p2']);
    say(run, 'x', 'rejected');
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'task_resolved', data: { to: 'p1', outcome: 'rejected' } });
    expect(asked(run)).toEqual(['p2', 'p1']);
    say(run, 'p1');
    say(run, 'p2');

    expect(run.state.trail.at(-1)).toMatchObject({ outcome: 'approved' });
  });

  it('of a user task too, but not on to a third', () => {
    const run = new Simulation(compileSteps([aUserTask('a'), aUserTask('b')]));
    run.start('owner');
    run.send({ kind: 'delegate', ...of(run, 'owner'), to: 'x', vars: {} });
    expect(run.send({ kind: 'delegate', ...of(run, 'x'), to: 'y', vars: {} })).toMatchObject({
      code: 'act_not_allowed',
    });
    run.complete('a', 'done');
    expect(run.task('a')).toMatchObject({ assignee: 'owner', explanation: { policy: 'resolved', by: 'x' } });
    run.complete('a', 'done');

    expect(run.open()).toEqual(['b']);
  });
});
