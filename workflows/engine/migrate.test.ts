/** Migration to another version (protocol.md rules 14, 21, 23), and what other engines stumble over (ux.md threads 22, 23 and 24). */
import { describe, expect, it } from 'vitest';
import type { Compiled } from './compile.ts';
import { compile } from './compile.ts';
import { fold } from './fold.ts';
import type { Flow, ForEach, Step } from './flow.gen.ts';
import { refuse } from './refuse.ts';
import { Simulation, type SimulationOptions } from './simulate.ts';
import {
  aCc,
  aForEach,
  aFlow,
  aHandler,
  aLoop,
  anApproval,
  aParallel,
  aRace,
  aReceive,
  aServiceTask,
  aTimer,
  aUserTask,
  load,
} from './testing.ts';

const hour = 3_600_000;
const version = (n: number, steps: Step[], fields: Partial<Flow> = {}): Compiled =>
  compile(load(aFlow(steps, fields), { version: n }));

function started(steps: Step[], options: SimulationOptions & { fields?: Partial<Flow> } = {}): Simulation {
  const run = new Simulation(version(1, steps, options.fields), options);
  run.start('owner', { amount: 1 });
  return run;
}
const reasonOf = (run: Simulation, target: Compiled, mapping = {}) => run.migrate(target, { mapping })?.params.reason;

describe('rule 14: migrate', () => {
  it('goes on where it stands, by the new version, in one event; the task stays the same one', () => {
    const run = started([aUserTask('a'), aUserTask('b')]);
    const task = run.task('a');
    const target = version(2, [
      aUserTask('a', { actions: [{ outcome: 'ok', label: { 'zh-CN': '好', en: 'OK' } }] }),
      aUserTask('c'),
    ]);

    expect(run.migrate(target, { actor: 'operator' })).toBeNull();

    expect(run.entries.at(-1)).toMatchObject({
      flowVersion: 2,
      event: { type: 'case_migrated', actor: 'operator', data: { from: 1, to: 2, timers: 'keep' } },
      opened: [],
      closed: [],
    });
    expect(run.task('a')).toMatchObject({ id: task.id, assignee: task.assignee, assignment: task.assignment });
    expect(run.complete('a', 'done')).toMatchObject({ code: 'unknown_outcome' });
    run.complete('a', 'ok');
    expect(run.open()).toEqual(['c']);
    const both = new Map([
      [1, version(1, [aUserTask('a'), aUserTask('b')])],
      [2, target],
    ]);
    expect(fold((n) => both.get(n)!, 'case', run.entries)).toEqual(run.state);
  });

  it('a step that is called otherwise takes its task, its trail and its decisions with it', () => {
    const run = started([aUserTask('a'), aUserTask('b')]);
    run.complete('a', 'done');

    run.migrate(version(2, [aUserTask('x'), aUserTask('y')]), { mapping: { a: 'x', b: 'y' } });

    expect(run.entries.at(-1)?.changed).toMatchObject([{ task: run.task('y').id, step: 'y' }]);
    expect(run.state).toMatchObject({
      trail: [{ step: 'x', outcome: 'done' }],
      times: { x: 1 },
      handlers: { x: 'owner' },
    });
    run.returnTo('y', 'x');
    expect(run.open()).toEqual(['x']);
  });

  it('holds the values that the new version mentions, and no others', () => {
    const run = started([aUserTask('a'), aLoop('l', 'amount > 5', [aUserTask('r')])]);
    expect(run.state.vars).toEqual({ amount: 1 });

    run.migrate(version(2, [aUserTask('a'), aLoop('l', 'rooms > 1', [aUserTask('r')])]), {
      vars: { rooms: 2, other: 1 },
    });

    expect(run.state.vars).toEqual({ rooms: 2 });
  });

  it('is refused with the reason where a step at work has no counterpart, and changes nothing', () => {
    const run = started([aUserTask('a')]);
    const before = structuredClone(run.state);

    expect(run.migrate(version(2, [aUserTask('b')]))).toEqual({
      code: 'migrate_refused',
      params: { reason: 'no_target', step: 'a', to: 'a' },
    });
    expect(reasonOf(run, version(2, [anApproval('a')]))).toBe('kind_changed');
    expect(reasonOf(run, version(2, [aUserTask('a')]), { a: 'z' })).toBe('unknown_step');
    expect(reasonOf(run, version(1, [aUserTask('a')]))).toBe('same_version');
    expect(run.state).toEqual(before);
  });

  it('values that were read before the case went on are read again', () => {
    const run = started([aUserTask('a')]);
    const target = version(2, [aUserTask('a')]);
    const base = { id: 'm', n: 9, lowestPending: 9, actor: null, flowVersion: 1, vars: {}, calendars: {} };
    const command = {
      ...base,
      kind: 'migrate' as const,
      to: target.ref,
      mapping: {},
      timers: 'keep' as const,
      readRev: 0,
    };

    expect(refuse(run.compiled, run.state, command, target)).toMatchObject({ code: 'case_moved', params: { rev: 1 } });
  });

  it('waits for what is in flight, is being undone, or came to the branch of an event', () => {
    const busy = started([aServiceTask('print'), aUserTask('a')], { perform: () => undefined });
    expect(reasonOf(busy, version(2, [aServiceTask('print'), aUserTask('a')]))).toBe('in_flight');

    const on = [aHandler('storm', { catch: 'signal', name: 'storm', interrupting: false }, [aUserTask('h')])];
    const caught = started([aUserTask('a')], { fields: { on } });
    caught.signal('storm');
    expect(reasonOf(caught, version(2, [aUserTask('a')], { on }))).toBe('in_handler');

    const undoable = aServiceTask('book', { compensate: { activity: 'unbook' } });
    const done = started([undoable, aUserTask('a')]);
    expect(reasonOf(done, version(2, [aServiceTask('book'), aUserTask('a')]))).toBe('compensation_lost');
    expect(done.migrate(version(2, [undoable, aUserTask('a')]))).toBeNull();
  });

  it('mends what an incident stopped: a retry runs the step of the new version', () => {
    const calls: string[] = [];
    const perform = ({ activity }: { activity: string }) => {
      calls.push(activity);
      return activity === 'broken' ? { error: 'broken' } : { vars: {}, patch: null };
    };
    const run = started([aServiceTask('s', { activity: 'broken' }), aUserTask('a')], { perform });

    run.migrate(version(2, [aServiceTask('s', { activity: 'mended' }), aUserTask('a')]));
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });

    expect(calls).toEqual(['broken', 'mended']);
    expect(run.open()).toEqual(['a']);
  });

  it('a suspended case moves and stands on', () => {
    const run = started([aUserTask('a', { due: { in: 'PT4H' } })]);
    run.send({ kind: 'suspend', actor: 'operator', vars: {} });
    run.advance(hour);

    expect(run.migrate(version(2, [aUserTask('a', { due: { in: 'PT4H' } })]))).toBeNull();
    run.send({ kind: 'resumeCase', actor: 'operator', vars: {} });

    expect(run.task('a').dueAt).toBe(run.now + 4 * hour);
  });
});

describe('rule 21: branches that run together', () => {
  it('those at work go on in theirs; a branch that is new, or was done, counts as done', () => {
    const run = started([aParallel('p', [[aUserTask('x')], [aUserTask('y')]]), aUserTask('b')]);
    run.complete('x', 'done');

    run.migrate(version(2, [aParallel('q', [[aUserTask('x')], [aUserTask('y')], [aUserTask('z')]]), aUserTask('b')]));

    expect(run.open()).toEqual(['y']);
    run.complete('y', 'done');
    expect(run.open()).toEqual(['b']);
  });

  it('two at work that would stand in one place are refused', () => {
    const run = started([aParallel('p', [[aUserTask('x')], [aUserTask('y')]])]);

    expect(reasonOf(run, version(2, [aUserTask('x'), aUserTask('y')]))).toBe('place_taken');
  });
});

describe('rule 23: by step and item', () => {
  const lines = ['a', 'b', 'c', 'd'].map((id) => ({ id, amount: 1 }));
  const body = [aUserTask('do'), aUserTask('check')];
  const last = aUserTask('last');
  /** One item is done, one a step further, one at its beginning, one still to come. */
  function within(fields: Partial<ForEach> = {}): Simulation {
    const run = new Simulation(version(1, [aForEach('each', body, { atOnce: 2, ...fields }), last]));
    run.start('owner', { lines });
    for (const step of ['do', 'check']) run.complete(step, 'done', { item: 'a' });
    run.complete('do', 'done', { item: 'b' });
    return run;
  }
  const open = (run: Simulation) => run.state.tasks.map(({ step, item }) => `${step} ${item ?? ''}`);

  it('each stays where it is, the rest begin by the new version, and the list is not read again', () => {
    const run = within();
    const tasks = run.state.tasks.map(({ id }) => id);
    const later = [aUserTask('do'), aUserTask('check'), aUserTask('sign')];
    const target = version(2, [aForEach('every', later, { atOnce: 2 }), last]);

    expect(reasonOf(run, target)).toBe('not_in_item');
    expect(run.migrate(target, { mapping: { each: 'every' } })).toBeNull();

    expect(run.state.tasks.map(({ id }) => id)).toEqual(tasks);
    expect(open(run)).toEqual(['do c', 'check b']);
    run.complete('check', 'done', { item: 'b' });
    run.complete('sign', 'done', { item: 'b' });
    expect(open(run)).toEqual(['do c', 'do d']);
    for (const item of ['c', 'd'])
      for (const step of ['do', 'check', 'sign']) {
        expect(run.open()).not.toContain('last');
        run.complete(step, 'done', { item });
      }
    expect(run.open()).toEqual(['last']);
    const both = new Map([
      [1, version(1, [aForEach('each', body, { atOnce: 2 }), last])],
      [2, target],
    ]);
    expect(fold((n) => both.get(n)!, 'case', run.entries)).toEqual(run.state);
  });

  it('keeps what came of the items, and who did what in them', () => {
    const run = within();
    run.migrate(version(2, [aForEach('every', body, { atOnce: 2, until: 'results.done >= 2' }), last]), {
      mapping: { each: 'every' },
    });
    expect(run.returnTo('check', 'do', { from: 'b' })).toBeNull();
    expect(open(run)).toEqual(['do c', 'do b']);
    for (const step of ['do', 'check']) run.complete(step, 'done', { item: 'b' });

    expect(run.open()).toEqual(['last']);
  });

  it('two branches of one item stay in it', () => {
    const fork = [aParallel('p', [[aUserTask('x')], [aUserTask('y')]])];
    const run = new Simulation(version(1, [aForEach('each', fork), last]));
    run.start('owner', { lines: lines.slice(0, 2) });
    run.complete('x', 'done', { item: 'b' });
    run.migrate(version(2, [aForEach('each', [...fork, aUserTask('z')]), last]));

    expect(open(run)).toEqual(['x a', 'y a', 'y b']);
    run.complete('y', 'done', { item: 'b' });
    expect(open(run)).toEqual(['x a', 'y a', 'z b']);
  });

  it('a pause between two lots of a long list goes on', () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ id: `r${index}` }));
    const steps = [aForEach('each', [aCc('tell')]), last];
    const run = new Simulation(version(1, steps));
    run.start('owner', { lines: many });
    expect(run.open()).toEqual([]);
    expect(run.migrate(version(2, steps))).toBeNull();
    for (let lot = 0; lot < 3 && run.open().length === 0; lot += 1) run.advance(0);

    expect(run.open()).toEqual(['last']);
  });

  it('is refused, with the step, where it cannot be', () => {
    const run = within();
    const into = (steps: Step[], fields: Partial<ForEach> = {}) =>
      run.migrate(version(2, [aForEach('each', steps, fields), last]))?.params;

    expect(into([aUserTask('do')])).toMatchObject({ reason: 'no_target', step: 'check' });
    expect(into(body, { mode: 'sequential' })).toMatchObject({ reason: 'mode_changed', step: 'each' });
    expect(into(body, { list: 'rooms' })).toMatchObject({ reason: 'list_changed', step: 'each' });
    expect(run.migrate(version(2, [...body, last]))?.params).toMatchObject({ reason: 'not_in_item', step: 'check' });
    const outside = version(2, [aForEach('each', [aUserTask('do')]), aUserTask('check'), last]);
    expect(run.migrate(outside)?.params).toMatchObject({ reason: 'not_in_item', step: 'check' });
  });
});

describe('rule 23: by step and round', () => {
  it('a step in a loop stays in its round, also where the loop is called otherwise', () => {
    const run = started([aLoop('l', 'false', [aUserTask('r')], 3)]);
    run.complete('r', 'done');

    run.migrate(version(2, [aLoop('m', 'false', [aUserTask('first'), aUserTask('r')], 3)]), { mapping: { l: 'm' } });

    expect(run.state.root?.children).toMatchObject([
      { step: 'm', at: 2, children: [{ children: [{ step: 'r', item: '2' }] }] },
    ]);
  });

  it('refuses a mode that changed: some have decided by the old one', () => {
    const run = started([anApproval('a', { mode: 'all' })]);

    expect(reasonOf(run, version(2, [anApproval('a', { mode: 'any' })]))).toBe('mode_changed');
  });
});

describe('timers keep their time or begin anew', () => {
  const due = { in: 'PT4H', remind: [{ before: 'PT1H' }, { before: 'PT2H' }] };
  const late = { in: 'PT8H', remind: [{ before: 'PT3H' }] };

  it('keep: the due time stays; what hangs on it is by the new version', () => {
    const run = started([aUserTask('a', { due })]);
    const { dueAt } = run.task('a');
    run.advance(hour / 2);

    run.migrate(version(2, [aUserTask('a', { due: late })]));

    expect(run.task('a').dueAt).toBe(dueAt);
    expect(run.state.timers.map(({ at, what }) => [at, what.kind])).toEqual([
      [dueAt, 'due'],
      [dueAt! - 3 * hour, 'remind'],
    ]);
  });

  it('reset: a task, also a paused one, is due anew', () => {
    const run = started([aUserTask('a', { due, pause: { max: 'P1D' } })]);
    run.pause('a', hour);
    run.advance(hour / 2);

    run.migrate(version(2, [aUserTask('a', { due: late })]), { timers: 'reset' });

    expect(run.task('a')).toMatchObject({ dueAt: run.now + 8 * hour, paused: null });
    expect(run.state.timers.map(({ what }) => what.kind)).toEqual(['due', 'remind']);
  });

  it('a timer step, a race and handlers keep theirs, and one that has come does not come again', () => {
    const on = [aHandler('once', { catch: 'timer', in: 'PT1H', interrupting: false }, [aUserTask('h')])];
    const steps = [aTimer('t', { in: 'PT6H' }), aUserTask('b')];
    const run = started(steps, { fields: { on } });
    run.advance(hour);
    run.complete('h', 'done');

    run.migrate(version(2, [aTimer('t', { in: 'PT9H' }), aUserTask('b')], { on }));
    run.advance(5 * hour);

    expect(run.open()).toEqual(['b']);
    const race = (time: string) => aRace('r', [[{ catch: 'timer', in: time }, [aUserTask('x')]]]);
    const racing = started([race('PT6H')]);
    racing.advance(hour);
    expect(racing.migrate(version(2, [race('PT2H')]), { timers: 'reset' })).toBeNull();
    racing.advance(2 * hour);
    expect(racing.open()).toEqual(['x']);
  });

  it('reset: a timer step begins anew', () => {
    const run = started([aTimer('t', { in: 'PT6H' }), aUserTask('b')]);
    run.advance(5 * hour);

    run.migrate(version(2, [aTimer('t', { in: 'PT6H' }), aUserTask('b')]), { timers: 'reset' });

    run.advance(5 * hour);
    expect(run.open()).toEqual([]);
    run.advance(hour);
    expect(run.open()).toEqual(['b']);
  });

  it('a message is awaited under the key of the new version; handlers that are new begin to wait', () => {
    const run = started([aReceive('wait'), aUserTask('b')]);
    const on = [aHandler('storm', { catch: 'signal', name: 'storm', interrupting: false }, [aUserTask('h')])];

    run.migrate(version(2, [aReceive('wait', { key: '"k2"' }), aUserTask('b')], { on }));

    expect(run.message('paid', 'k1')).toBe(false);
    expect(run.signal('storm')).toBe(true);
    expect(run.message('paid', 'k2')).toBe(true);
    expect(run.open()).toEqual(['h', 'b']);
  });
});

describe('what other engines stumble over', () => {
  it('thread 22: a command that was built for the version before is refused as that, so that its driver rebuilds it', () => {
    const run = started([aUserTask('a')]);
    const { id: task, assignment, assignee: actor } = run.task('a');
    const old = { id: 'o', n: 9, lowestPending: 9, flowVersion: 1, vars: {} };
    run.migrate(version(2, [aUserTask('a')]));

    const complete = { ...old, kind: 'complete' as const, task, assignment, actor, outcome: 'done' };
    expect(refuse(run.compiled, run.state, complete)).toEqual({ code: 'flow_version_changed', params: { version: 2 } });
  });

  it('thread 23: a case whose step is removed is not stranded: it is refused, or mapped', () => {
    const run = started([aUserTask('removed'), aUserTask('b')]);
    const target = version(2, [aUserTask('b')]);

    expect(reasonOf(run, target)).toBe('no_target');
    expect(run.migrate(target, { mapping: { removed: 'b' } })).toBeNull();
    expect(run.open()).toEqual(['b']);
  });

  it('thread 24: an approval by several people keeps who has decided and who is asked', () => {
    const resolve = () => ({ persons: ['p1', 'p2', 'p3'], explanation: { rule: 'role' as const, inputs: {} } });
    const people = { assign: { rule: 'role' as const, role: 'staff' } };
    const council = (id: string) => anApproval(id, { mode: 'all', people });
    const run = started([council('c'), aUserTask('b')], { resolve });
    run.complete('c', 'approved');
    const open = run.state.tasks.map(({ id }) => id);

    run.migrate(version(2, [council('d'), aUserTask('b')]), { mapping: { c: 'd' } });

    expect(run.state.tasks.map(({ id }) => id)).toEqual(open);
    for (const _ of open) run.complete('d', 'approved');
    expect(run.open()).toEqual(['b']);
  });
});
