/** Actions with `when`, and `times` in expressions. */
import { describe, expect, it } from 'vitest';
import type { Action, Step } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { anApproval, anExclusive, aUserTask, compileSteps } from './testing.ts';

const label = { 'zh-CN': '好', en: 'ok' };
const action = (outcome: string, fields: Partial<Action> = {}): Action => ({ outcome, label, ...fields });
function started(steps: Step[], vars = {}): Simulation {
  const run = new Simulation(compileSteps(steps));
  run.start('owner', vars);
  return run;
}
const rework = (when: string): Step[] => [
  aUserTask('work'),
  aUserTask('accept', { actions: [action('done'), action('rework', { when, returnTo: { step: 'work' } })] }),
];

describe('action.when', () => {
  it('is asked when the task opens; what is not offered is refused', () => {
    const actions = [action('done'), action('big', { when: 'amount > 5' }), action('small', { when: 'amount <= 5' })];
    const run = started([aUserTask('a', { actions })], { amount: 7 });

    expect(run.entries[0]?.opened).toMatchObject([{ outcomes: ['done', 'big'] }]);
    run.send({ kind: 'amend', actor: 'owner', vars: { amount: 1 } });
    expect(run.complete('a', 'small')).toEqual({
      code: 'action_not_offered',
      params: { outcome: 'small', offered: ['done', 'big'] },
    });
    expect(run.complete('a', 'none')).toMatchObject({ code: 'unknown_outcome' });
    expect(run.complete('a', 'big')).toBeNull();
  });

  it('of a step without conditions is told as null: all', () => {
    expect(started([aUserTask('a', { actions: [action('done')] })]).entries[0]?.opened).toMatchObject([
      { outcomes: null },
    ]);
  });

  it('lets rework be asked for twice, and no more', () => {
    const run = started(rework('times.accept < 2'));
    for (const offered of [['done', 'rework'], ['done', 'rework'], ['done']]) {
      run.complete('work', 'done');
      expect(run.task('accept').outcomes).toEqual(offered);
      if (offered.length === 2) run.complete('accept', 'rework');
    }
    expect(run.complete('accept', 'rework')).toMatchObject({ code: 'action_not_offered' });
  });

  it('that cannot be told withholds the action and stops with an incident; a retry offers it', () => {
    const actions = [action('done'), action('more', { when: 'amount' })];
    const run = started([aUserTask('a', { actions }), aUserTask('b')], { amount: 1 });
    const [incident] = run.state.incidents;
    expect(incident).toMatchObject({ step: 'a', detail: { expression: 'amount', task: run.task('a').id } });
    expect(run.task('a').outcomes).toEqual(['done']);

    run.send({ kind: 'retry', actor: 'operator', incident: incident?.id ?? 0, vars: { amount: true } });

    expect(run.state.incidents).toEqual([]);
    expect(run.entries.at(-1)?.changed).toMatchObject([{ outcomes: ['done', 'more'], assignment: 1 }]);
    expect(run.complete('a', 'more')).toBeNull();
  });

  it('whose incident nobody retries is settled with the task', () => {
    const actions = [action('done'), action('more', { when: 'amount' })];
    const run = started([aUserTask('a', { actions }), aUserTask('b')], { amount: 1 });
    expect(run.state.incidents).toHaveLength(1);

    run.complete('a', 'done');

    expect(run.state.incidents).toEqual([]);
  });
});

describe('times', () => {
  it('counts decisions of people and due actions, is 0 before, and no return cuts it', () => {
    const due = { in: 'PT1H', then: { do: 'complete' as const, outcome: 'done' } };
    const run = started([
      anExclusive('split', 'times.a = 0 and times.constructor = 0', [aUserTask('a', { due })], []),
      aUserTask('b'),
      aUserTask('constructor'),
    ]);
    run.advance(3_600_000);
    expect(run.state.times).toEqual({ a: 1 });

    run.complete('b', 'done');
    run.returnTo('constructor', 'b');
    run.complete('b', 'done');

    expect(run.state.times).toEqual({ a: 1, b: 2 });
  });

  it('counts an approval by all once, and not one that a policy passed over', () => {
    const people = { assign: { rule: 'field' as const, field: 'helper' } };
    const run = started(
      [
        anApproval('all', { people, mode: 'all' }),
        anApproval('none', { people: { assign: { rule: 'field', field: 'nobody' }, whenEmpty: 'skip' } }),
        aUserTask('last'),
      ],
      { helper: ['p1', 'p2'] },
    );
    run.complete('all', 'approved');
    expect(run.state.times).toEqual({});
    run.complete('all', 'approved');

    expect(run.open()).toEqual(['last']);
    expect(run.state.times).toEqual({ all: 1 });
  });
});
