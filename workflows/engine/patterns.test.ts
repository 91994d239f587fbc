/**
 * One flow for each of van der Aalst's control-flow patterns that the language carries (workflowpatterns.com), with what is open after each
 * act. patterns.json says of all 43 by what they are carried or why not; the language reference shows it.
 */
import { describe, expect, it } from 'vitest';
import { check, type CheckContext } from './check.ts';
import { compile } from './compile.ts';
import type { Flow, Step } from './flow.gen.ts';
import patterns from './patterns.json' with { type: 'json' };
import { isClosed } from './state.ts';
import type { Simulation } from './simulate.ts';
import { CallSimulation } from './simulate-calls.ts';
import {
  aCallActivity,
  aFlow,
  aForEach,
  aHandler,
  aJump,
  aLoop,
  anApproval,
  anEnd,
  anExclusive,
  anInclusive,
  aParallel,
  aRace,
  aReceive,
  aSubProcess,
  aThrow,
  aUserTask,
  load,
} from './testing.ts';
import type { Vars } from './types.ts';

const HOUR = 3_600_000;
const context: CheckContext = {
  fields: { amount: { type: 'number' }, board: { type: 'person' }, lines: { type: 'table', columns: {} } },
  roles: ['staff', 'manager'],
  calendars: [],
  activities: {},
};

type Act = (run: Simulation, cases: CallSimulation) => unknown;
/** Open steps, one entry a task, then steps that wait for something else; of a closed case how it ended. */
type Seen = string[] | 'completed' | 'cancelled';
interface Carried {
  pattern: number;
  steps: Step[];
  on?: Flow['on'];
  vars?: Vars;
  begins: Seen;
  then: [Act, Seen][];
}

/** What is seen after a step is done, or another act. */
const after = (step: string, then: Seen, vars: Vars = {}): [Act, Seen] => [
  (run) => run.complete(step, 'done', { vars }),
  then,
];
const by = (act: Act, then: Seen): [Act, Seen] => [act, then];
const approve: Act = (run) => run.complete('ok', 'approved');
const signal =
  (name: string, isTaken = true): Act =>
  (run) => {
    expect(run.signal(name)).toBe(isTaken);
  };
const message =
  (id: string, isTaken = true): Act =>
  (run) => {
    expect(run.message('paid', 'k1', { id })).toBe(isTaken);
  };

function seen(run: Simulation): Seen {
  const { status } = run.state;
  if (status === 'completed' || status === 'cancelled') return status;
  const open = run.open();
  return [...open, ...(run.entries.at(-1)?.case.position ?? []).filter((step) => !open.includes(step))];
}

const [a, b, c, d] = [aUserTask('a'), aUserTask('b'), aUserTask('c'), aUserTask('d')];
const people = { assign: { rule: 'field' as const, field: 'board' }, whenEmpty: 'skip' as const };
const rows = (count: number): { id: string }[] => Array.from({ length: count }, (_, index) => ({ id: `r${index}` }));
const board = ['p1', 'p2', 'p3', 'p4'];
const stops = (steps: Step[]) => [aHandler('h', { catch: 'signal', name: 'stop' }, steps)];
const helps = (steps: Step[]) => [aHandler('h', { catch: 'escalation', code: 'go', interrupting: false }, steps)];
const turns = (when: string, steps: Step[]) => [
  aHandler('h', { catch: 'condition', when, interrupting: false }, steps),
];
const goes = (id: string) => aThrow(id, { escalation: 'go' });
const merged = [anExclusive('x', 'amount > 5', [a], [b]), c];
const chosen = [
  anInclusive(
    'i',
    [
      ['amount > 1', [a]],
      ['amount > 5', [b]],
    ],
    [c],
  ),
  d,
];
const twoOfThree = 'count([outcomes.a, outcomes.b, outcomes.c][item = "done"]) >= 2';
const cycles = [
  anExclusive('enter', 'amount > 5', [aJump('to_middle', 'b')], []),
  a,
  b,
  anExclusive('again', 'amount > 3', [aJump('to_first', 'a')], []),
  c,
  anExclusive('once_more', 'amount > 1', [aJump('to_second', 'b')], []),
];
const nested = [
  anInclusive('outer', [
    ['amount > 0', [anExclusive('x', 'amount > 5', [a], [anEnd('out', 'none', { ends: 'branch' })])]],
    [
      'amount > 1',
      [
        anInclusive('inner', [
          ['amount > 2', [b]],
          ['amount > 7', [c]],
        ]),
      ],
    ],
  ]),
  d,
];
const itself = aCallActivity('call', { flow: 'test', input: { amount: 'amount - 1' }, output: { amount: 'amount' } });
const innermost =
  (step: string): Act =>
  (_run, { members }) =>
    members.findLast(({ run }) => !isClosed(run.state))?.run.complete(step, 'done');
const milestone = 'outcomes.a = "done" and not(outcomes.b = "done")';
const withdrawn = aHandler('passed', { catch: 'condition', when: 'outcomes.b = "done"' }, []);

const carried: Carried[] = [
  {
    pattern: 1,
    steps: [a, b, c],
    begins: ['a'],
    then: [after('a', ['b']), after('b', ['c']), after('c', 'completed')],
  },
  { pattern: 2, steps: [a, aParallel('p', [[b], [c]])], begins: ['a'], then: [after('a', ['b', 'c'])] },
  {
    pattern: 3,
    steps: [aParallel('p', [[a], [b]]), c],
    begins: ['a', 'b'],
    then: [after('b', ['a']), after('a', ['c']), after('c', 'completed')],
  },
  { pattern: 4, steps: merged, vars: { amount: 9 }, begins: ['a'], then: [] },
  { pattern: 4, steps: merged, vars: { amount: 1 }, begins: ['b'], then: [] },
  {
    pattern: 5,
    steps: merged,
    vars: { amount: 9 },
    begins: ['a'],
    then: [after('a', ['c']), after('c', 'completed')],
  },
  {
    pattern: 5,
    steps: merged,
    vars: { amount: 1 },
    begins: ['b'],
    then: [after('b', ['c']), after('c', 'completed')],
  },
  { pattern: 6, steps: chosen, vars: { amount: 9 }, begins: ['a', 'b'], then: [] },
  { pattern: 6, steps: chosen, vars: { amount: 3 }, begins: ['a'], then: [] },
  { pattern: 6, steps: chosen, vars: { amount: 0 }, begins: ['c'], then: [] },
  {
    pattern: 7,
    steps: chosen,
    vars: { amount: 9 },
    begins: ['a', 'b'],
    then: [after('a', ['b']), after('b', ['d'])],
  },
  { pattern: 7, steps: chosen, vars: { amount: 3 }, begins: ['a'], then: [after('a', ['d'])] },
  {
    pattern: 8,
    steps: [
      aSubProcess(
        's',
        [
          aParallel('p', [
            [a, goes('t')],
            [b, goes('u')],
          ]),
        ],
        helps([c]),
      ),
      d,
    ],
    begins: ['a', 'b'],
    then: [after('a', ['b', 'c']), after('b', ['c', 'c']), after('c', ['c']), after('c', ['d'])],
  },
  {
    pattern: 9,
    steps: [
      aSubProcess('s', [aParallel('p', [[a], [b]])], turns('outcomes.a = "done" or outcomes.b = "done"', [c])),
      d,
    ],
    begins: ['a', 'b'],
    then: [after('b', ['a', 'c']), after('a', ['c']), after('c', ['d'])],
  },
  {
    pattern: 10,
    steps: cycles,
    vars: { amount: 9 },
    begins: ['b'],
    then: [
      after('b', ['a'], { amount: 4 }),
      after('a', ['b']),
      after('b', ['c'], { amount: 2 }),
      after('c', ['b']),
      after('b', ['c'], { amount: 1 }),
      after('c', 'completed'),
    ],
  },
  {
    pattern: 11,
    steps: [aParallel('p', [[a], [b, c]])],
    begins: ['a', 'b'],
    then: [after('b', ['a', 'c']), after('c', ['a']), after('a', 'completed')],
  },
  {
    pattern: 12,
    steps: [aLoop('l', 'false', [goes('t')], 3), b, c],
    on: helps([a]),
    begins: ['a', 'a', 'a', 'b'],
    then: [after('b', ['a', 'a', 'a', 'c']), after('a', ['a', 'a', 'c']), after('c', ['a', 'a'])],
  },
  {
    pattern: 13,
    steps: [aParallel('p', [[a], [b], [c]]), d],
    begins: ['a', 'b', 'c'],
    then: [after('c', ['a', 'b']), after('a', ['b']), after('b', ['d'])],
  },
  {
    pattern: 14,
    steps: [anApproval('ok', { mode: 'all', people }), d],
    vars: { board: ['p1', 'p2', 'p3'] },
    begins: ['ok', 'ok', 'ok'],
    then: [by(approve, ['ok', 'ok']), by(approve, ['ok']), by(approve, ['d'])],
  },
  {
    pattern: 14,
    steps: [anApproval('ok', { mode: 'all', people }), d],
    vars: { board: ['p1'] },
    begins: ['ok'],
    then: [by(approve, ['d'])],
  },
  {
    pattern: 14,
    steps: [aForEach('f', [a]), d],
    vars: { lines: rows(3) },
    begins: ['a', 'a', 'a'],
    then: [after('a', ['a', 'a']), after('a', ['a']), after('a', ['d'])],
  },
  { pattern: 14, steps: [aForEach('f', [a]), d], vars: { lines: [] }, begins: ['d'], then: [] },
  {
    pattern: 15,
    steps: [anApproval('ok', { mode: 'all', people }), d],
    vars: { board: ['p1', 'p2'] },
    begins: ['ok', 'ok'],
    then: [by(approve, ['ok']), by(addSigners, ['ok']), by(approve, ['ok']), by(approve, ['ok']), by(approve, ['d'])],
  },
  {
    pattern: 16,
    steps: [
      aRace('r', [
        [{ catch: 'message', name: 'paid', key: '"k1"' }, [a]],
        [{ catch: 'timer', in: 'PT1H' }, [b]],
      ]),
    ],
    begins: ['r'],
    then: [by(message('m1'), ['a']), by(anHour, ['a'])],
  },
  {
    pattern: 18,
    steps: [aSubProcess('s', [a, b, c], turns(milestone, [aUserTask('m', { on: [withdrawn] })]))],
    begins: ['a'],
    then: [after('a', ['b', 'm']), after('b', ['c'])],
  },
  {
    pattern: 18,
    steps: [aSubProcess('s', [a, b, c], turns(milestone, [aUserTask('m', { on: [withdrawn] })]))],
    begins: ['a'],
    then: [after('a', ['b', 'm']), after('m', ['b']), after('b', ['c'])],
  },
  {
    pattern: 19,
    steps: [aParallel('p', [[aUserTask('a', { on: stops([]) }), c], [b]])],
    begins: ['a', 'b'],
    then: [by(signal('stop'), ['b', 'c'])],
  },
  {
    pattern: 20,
    steps: [aParallel('p', [[a], [b]]), c],
    begins: ['a', 'b'],
    then: [by(cancel, 'cancelled')],
  },
  {
    pattern: 21,
    steps: [aLoop('l', 'amount > 5', [a, b]), c],
    vars: { amount: 1 },
    begins: ['a'],
    then: [after('a', ['b']), after('b', ['a']), after('a', ['b']), after('b', ['c'], { amount: 9 })],
  },
  {
    pattern: 22,
    steps: [a, anExclusive('deeper', 'amount > 1', [itself], []), b],
    vars: { amount: 3 },
    begins: ['a'],
    then: [
      after('a', ['call']),
      by(innermost('a'), ['call']),
      by(innermost('a'), ['call']),
      by(innermost('b'), ['call']),
      by(innermost('b'), ['b']),
      after('b', 'completed'),
    ],
  },
  {
    pattern: 23,
    steps: [
      a,
      aRace('r', [
        [{ catch: 'signal', name: 'go' }, [b]],
        [{ catch: 'timer', in: 'PT1H' }, [c]],
      ]),
    ],
    begins: ['a'],
    then: [by(signal('go', false), ['a']), after('a', ['r']), by(signal('go'), ['b'])],
  },
  {
    pattern: 24,
    steps: [a, aReceive('r', { early: true }), b],
    begins: ['a'],
    // Who keeps it is outside the engine; the case says that it takes one that was sent before, and takes it.
    then: [by(message('m1', false), ['a']), after('a', ['r']), by(takesEarly, ['r']), by(message('m1'), ['b'])],
  },
  {
    pattern: 25,
    steps: [aParallel('p', [[aSubProcess('s', [aParallel('q', [[a], [b]])], stops([])), c], [d]])],
    begins: ['d', 'a', 'b'],
    then: [by(signal('stop'), ['d', 'c'])],
  },
  {
    pattern: 26,
    steps: [anApproval('ok', { mode: 'all', people, on: stops([c]) }), d],
    vars: { board },
    begins: ['ok', 'ok', 'ok', 'ok'],
    then: [by(approve, ['ok', 'ok', 'ok']), by(signal('stop'), ['c']), after('c', ['d'])],
  },
  {
    pattern: 27,
    steps: [anApproval('ok', { mode: 'all', people, on: stops([]) }), d],
    vars: { board },
    begins: ['ok', 'ok', 'ok', 'ok'],
    then: [by(approve, ['ok', 'ok', 'ok']), by(signal('stop'), ['d'])],
  },
  {
    pattern: 29,
    steps: [aParallel('p', [[a], [b], [c]], { join: 'any' }), d],
    begins: ['a', 'b', 'c'],
    then: [after('b', ['d']), after('d', 'completed')],
  },
  {
    pattern: 30,
    steps: [aSubProcess('s', [aParallel('p', [[a], [b], [c]])], turns(twoOfThree, [aUserTask('next')])), d],
    begins: ['a', 'b', 'c'],
    then: [after('c', ['a', 'b']), after('a', ['b', 'next']), after('b', ['next']), after('next', ['d'])],
  },
  {
    pattern: 32,
    steps: [aParallel('p', [[a], [b], [c]], { join: 2 }), d],
    begins: ['a', 'b', 'c'],
    then: [after('c', ['a', 'b']), after('a', ['d'])],
  },
  {
    pattern: 35,
    steps: [anApproval('ok', { mode: 'vote', vote: { part: 1, of: 2 }, people }), d],
    vars: { board },
    begins: ['ok', 'ok', 'ok', 'ok'],
    then: [by(approve, ['ok', 'ok', 'ok']), by(approve, ['d'])],
  },
  {
    pattern: 35,
    steps: [aForEach('f', [a, b], { until: 'done >= 2' }), d],
    vars: { lines: rows(3) },
    begins: ['a', 'a', 'a'],
    then: [after('a', ['a', 'a', 'b']), after('b', ['a', 'a']), after('a', ['a', 'b']), after('b', ['d'])],
  },
  {
    pattern: 36,
    steps: [aForEach('f', [a], { until: 'done >= amount' }), d],
    vars: { lines: rows(4), amount: 3 },
    begins: ['a', 'a', 'a', 'a'],
    then: [after('a', ['a', 'a', 'a']), after('a', ['d'], { amount: 2 })],
  },
  {
    pattern: 37,
    steps: nested,
    vars: { amount: 9 },
    begins: ['a', 'b', 'c'],
    then: [after('a', ['b', 'c']), after('c', ['b']), after('b', ['d'])],
  },
  { pattern: 37, steps: nested, vars: { amount: 3 }, begins: ['b'], then: [after('b', ['d'])] },
  { pattern: 37, steps: nested, vars: { amount: 1 }, begins: ['d'], then: [] },
  {
    pattern: 41,
    steps: [aSubProcess('s', [aLoop('l', 'false', [goes('t')], 3)], helps([a])), d],
    begins: ['a', 'a', 'a'],
    then: [after('a', ['a', 'a']), after('a', ['a']), after('a', ['d'])],
  },
  {
    pattern: 42,
    steps: [aSubProcess('s', [aLoop('l', 'false', [goes('t')], 3)], helps([a, b]))],
    begins: ['a', 'a', 'a'],
    then: [after('a', ['a', 'a', 'b']), after('b', ['a', 'a']), after('a', ['a', 'b'])],
  },
  {
    pattern: 43,
    steps: [aParallel('p', [[a, anEnd('stop', 'stopped')], [b]])],
    begins: ['a', 'b'],
    then: [after('a', 'completed')],
  },
];

function addSigners(run: Simulation): unknown {
  const { id: task, assignment, assignee: actor } = run.task('ok');
  const act = { task, assignment, actor, persons: ['x', 'y'], where: 'after' as const, vars: {} };
  return run.send({ kind: 'addSigners', ...act });
}
function cancel(run: Simulation): unknown {
  return run.send({ kind: 'cancel', actor: 'operator', vars: {} });
}
function anHour(run: Simulation): void {
  run.advance(HOUR);
}
function takesEarly(run: Simulation): void {
  expect(run.entries.at(-1)?.case.awaits).toMatchObject([{ step: 'r', name: 'paid', early: true }]);
}
const nameOf = (number: number): string => patterns.find((each) => each.number === number)?.name ?? 'unknown';

describe('control-flow patterns', () => {
  it('of all 43 it is said by what they are carried, or why not', () => {
    expect(patterns.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, index) => index + 1));
    expect(patterns.filter((each) => 'by' in each === 'not' in each)).toEqual([]);
  });

  it('each that is carried has a flow', () => {
    const flows = new Set(carried.map(({ pattern }) => pattern));

    expect([...flows].sort((x, y) => x - y)).toEqual(patterns.flatMap((each) => ('by' in each ? [each.number] : [])));
  });

  it.each(carried.map((flow) => ({ ...flow, name: nameOf(flow.pattern) })))(
    'WCP-$pattern $name: $begins',
    ({ steps, on, vars, begins, then }) => {
      const flow = aFlow(steps, on ? { on } : {});
      expect(check(flow, context)).toEqual([]);
      const compiled = compile(load(flow));
      // It may call itself, and no other.
      const cases = new CallSimulation(new Map([[flow.key, compiled]]));
      const { run } = cases.start(compiled, 'owner', vars);
      expect([seen(run), run.state.incidents]).toEqual([begins, []]);

      for (const [act, expected] of then) {
        expect(act(run, cases) ?? null).toBeNull();
        expect([seen(run), run.state.incidents]).toEqual([expected, []]);
      }
    },
  );
});
