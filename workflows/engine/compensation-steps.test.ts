/** Steps that say by a handler how they are undone, and throws that undo (BPMN 2.0, 10.7). */
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import type { Step } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { aForEach, aHandler, anEnd, aParallel, aSubProcess, aThrow, aUserTask, compileSteps } from './testing.ts';

const undoable = (id: string): Step =>
  aUserTask(id, { on: [aHandler(`${id}_back`, { catch: 'compensation' }, [aUserTask(`undo_${id}`)])] });
const back = (id: string, of?: string): Step => aThrow(id, { compensation: of ?? null });

function start(steps: Step[], vars = {}): Simulation {
  const run = new Simulation(compileSteps(steps));
  run.start('p1', vars);
  return run;
}

describe('a throw of compensation', () => {
  it('undoes what was done, the last first, and goes on when all is undone', () => {
    const run = start([undoable('a'), undoable('b'), back('undo'), aUserTask('c')]);
    run.complete('a', 'done');
    run.complete('b', 'done');

    expect([run.open(), run.entries.at(-1)?.case.position]).toEqual([['undo_b'], ['undo_b']]);
    run.complete('undo_b', 'done');
    expect(run.open()).toEqual(['undo_a']);
    run.complete('undo_a', 'done');

    expect(run.open()).toEqual(['c']);
    run.complete('c', 'done');
    expect(run.state).toMatchObject({ status: 'completed', undoable: [], undoing: [] });
    expect(fold(run.compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('undoes all of it at the same time where it says so', () => {
    const all: Step = { ...back('undo'), mode: 'parallel' } as Step;
    const run = start([undoable('a'), undoable('b'), all, aUserTask('c')]);
    run.complete('a', 'done');
    run.complete('b', 'done');

    expect(run.open().toSorted()).toEqual(['undo_a', 'undo_b']);
    run.complete('undo_a', 'done');
    expect(run.open()).toEqual(['undo_b']);
    run.complete('undo_b', 'done');
    expect(run.open()).toEqual(['c']);
  });

  it('undoes one step alone, and nothing twice', () => {
    const run = start([undoable('a'), undoable('b'), back('u1', 'a'), back('u2'), back('u3'), aUserTask('c')]);
    run.complete('a', 'done');
    run.complete('b', 'done');

    expect(run.open()).toEqual(['undo_a']);
    run.complete('undo_a', 'done');
    expect(run.open()).toEqual(['undo_b']);
    run.complete('undo_b', 'done');
    expect(run.open()).toEqual(['c']);
  });

  it('undoes in its own scope only', () => {
    const scope = aSubProcess('s', [undoable('b'), back('undo')]);
    const run = start([undoable('a'), scope, aUserTask('c')]);
    run.complete('a', 'done');
    run.complete('b', 'done');

    expect(run.open()).toEqual(['undo_b']);
    run.complete('undo_b', 'done');
    expect(run.open()).toEqual(['c']);
  });

  it('undoes a sub-process by what it says itself, else by what was done in it', () => {
    const whole = aHandler('s_back', { catch: 'compensation' }, [aUserTask('undo_s')]);
    const run = start([aSubProcess('s', [undoable('a')], [whole]), aSubProcess('t', [undoable('b')]), back('undo')]);
    run.complete('a', 'done');
    run.complete('b', 'done');

    expect(run.open()).toEqual(['undo_b']);
    run.complete('undo_b', 'done');
    expect(run.open()).toEqual(['undo_s']);
    run.complete('undo_s', 'done');
    expect(run.state.status).toBe('completed');
  });

  it('undoes each item that was done', () => {
    const each = aForEach('f', [undoable('a')], { list: '[1, 2]' });
    const run = start([each, back('undo', 'f'), aUserTask('c')]);
    run.complete('a', 'done');
    run.complete('a', 'done');

    run.complete('undo_a', 'done');
    expect(run.open()).toEqual(['undo_a']);
    run.complete('undo_a', 'done');
    expect(run.open()).toEqual(['c']);
  });

  it('that is interrupted meanwhile lets what is being undone come to its end', () => {
    const late = aHandler('late', { catch: 'timer', in: 'PT1H' }, [aUserTask('d')]);
    const run = start([aSubProcess('s', [undoable('a'), back('undo'), aUserTask('c')], [late]), anEnd('e', 'over')]);
    run.complete('a', 'done');
    run.advance(3_600_000);
    expect(run.open().toSorted()).toEqual(['d', 'undo_a']);

    run.complete('undo_a', 'done');
    run.complete('d', 'done');
    expect(run.state).toMatchObject({ status: 'completed', outcome: 'over' });
  });
});

it('rule 22: a cancelled case undoes what its steps did by their handlers, and ends then', () => {
  const run = start([aParallel('p', [[undoable('a')], [undoable('b')]]), aUserTask('c')]);
  run.complete('b', 'done');
  run.complete('a', 'done');

  run.send({ kind: 'cancel', actor: 'p1', vars: {} });
  expect([run.open(), run.entries.at(-1)?.case.status]).toEqual([['undo_a'], 'cancelling']);
  run.complete('undo_a', 'done');
  run.complete('undo_b', 'done');

  expect(run.state.status).toBe('cancelled');
});

it('rule 22: a return undoes what it goes back over before its target opens', () => {
  const run = start([aUserTask('a'), undoable('b'), aUserTask('c')]);
  run.complete('a', 'done');
  run.complete('b', 'done');

  run.returnTo('c', 'a');
  expect(run.open()).toEqual(['undo_b']);
  run.complete('undo_b', 'done');
  expect(run.open()).toEqual(['a']);
});
