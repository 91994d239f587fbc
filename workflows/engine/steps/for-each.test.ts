import { describe, expect, it } from 'vitest';
import type { ForEach, Step } from '../flow.gen.ts';
import { forgottenBehind, returnPlaces } from '../return.ts';
import { Simulation, type SimulationOptions } from '../simulate.ts';
import {
  aCc,
  aFlow,
  aForEach,
  aLoop,
  anApproval,
  anEnd,
  anExclusive,
  aParallel,
  aServiceTask,
  aTimer,
  aUserTask,
  compileSteps,
  load,
} from '../testing.ts';
import { compile } from '../compile.ts';
import { fold } from '../fold.ts';
import { framesUnder, heldFrames } from '../state.ts';
import type { Json } from '../types.ts';

const row = (id: string, columns: Record<string, Json> = {}): Json => ({
  id,
  amount: 1,
  name: `row ${id}`,
  ...columns,
});
const rows = (...ids: string[]): Json => ids.map((id) => row(id));

function run(steps: Step[], vars: Record<string, Json> = {}, options: SimulationOptions = {}): Simulation {
  const simulation = new Simulation(compileSteps(steps), options);
  simulation.start('owner', vars);
  return simulation;
}
const each = (fields: Partial<ForEach> = {}, steps: Step[] = [aUserTask('check')]): Step[] => [
  aForEach('each', steps, fields),
  aUserTask('after'),
];
const open = (simulation: Simulation): string[] =>
  simulation.state.tasks.map(({ step, item }) => (item === null ? step : `${step} ${item}`));

describe('forEach', () => {
  it('opens its steps for every row at once, and goes on when all are done', () => {
    const simulation = run(each(), { lines: rows('a', 'b', 'c') });
    expect(open(simulation)).toEqual(['check a', 'check b', 'check c']);

    for (const item of ['b', 'a']) simulation.complete('check', 'done', { item });
    expect(open(simulation)).toEqual(['check c']);
    simulation.complete('check', 'done', { item: 'c' });

    expect(open(simulation)).toEqual(['after']);
  });

  it('one after another: in the order of the list', () => {
    const simulation = run(each({ mode: 'sequential' }), { lines: rows('a', 'b') });
    expect(open(simulation)).toEqual(['check a']);
    simulation.complete('check', 'done');
    expect(open(simulation)).toEqual(['check b']);
    simulation.complete('check', 'done');

    expect(open(simulation)).toEqual(['after']);
  });

  it.each([[[]], [null]])('an empty list is done at once: %j', (lines) => {
    expect(open(run(each(), { lines }))).toEqual(['after']);
  });

  it('has so many at work at once, and begins the next as soon as one is done', () => {
    const simulation = run(each({ atOnce: 2 }), { lines: rows('a', 'b', 'c') });
    expect(open(simulation)).toEqual(['check a', 'check b']);
    simulation.complete('check', 'done', { item: 'b' });

    expect(open(simulation)).toEqual(['check a', 'check c']);
  });

  it('takes the values of a plain list, two of which may be the same', () => {
    const simulation = run(each({ list: 'parts', as: 'part' }), { parts: ['door', 'lock', 'door'] });

    expect(open(simulation)).toEqual(['check door', 'check lock', 'check #3']);
  });

  it('takes one value for a list of it, and what FEEL gives', () => {
    expect(open(run(each({ list: '[1, 2][item > 1]' })))).toEqual(['check 2']);
    expect(open(run(each({ list: 'lines[item.amount > 1]' }), { lines: [row('a'), row('b', { amount: 2 })] }))).toEqual(
      ['check b'],
    );
    expect(open(run(each({ list: 'place' }), { place: 'hall' }))).toEqual(['check hall']);
  });

  it('a list that cannot be read is an incident, which a retry settles', () => {
    const simulation = run(each({ list: 'if n > 1 then [n] else 1 + "x"' }), { n: 1 });
    const [incident] = simulation.state.incidents;
    expect(incident).toMatchObject({ step: 'each', code: 'expression_failed' });
    simulation.send({ kind: 'retry', actor: 'op', incident: incident!.id, vars: { n: 2 } });

    expect(open(simulation)).toEqual(['check 2']);
  });

  it('refuses more items than a case can hold', () => {
    const many = Array.from({ length: 20_001 }, (_, index) => index);

    expect(run(each({ list: 'n' }), { n: many }).state.incidents).toMatchObject([
      { code: 'too_many_items', detail: { items: 20_001, most: 20_000 } },
    ]);
  });
});

describe('what is seen inside', () => {
  const people = { assign: { rule: 'field' as const, field: 'line.checker' } };
  const lines = [row('a', { checker: 'p1', amount: 5 }), row('b', { checker: 'p2', amount: 50 })];

  it('the item under its name, its place as `index`', () => {
    const big = anExclusive('big', 'line.amount > 10 and index = 2', [aUserTask('boss')], [aUserTask('clerk')]);

    expect(open(run(each({}, [big]), { lines }))).toEqual(['clerk a', 'boss b']);
  });

  it('and people rules take a person from a column, or the item itself', () => {
    const simulation = run(each({}, [anApproval('ok', { people })]), { lines });
    expect(simulation.state.tasks.map(({ assignee }) => assignee)).toEqual(['p1', 'p2']);
    expect(simulation.state.tasks[0]?.explanation).toEqual({ rule: 'field', inputs: { field: 'line.checker' } });

    const who = { assign: { rule: 'field' as const, field: 'who' } };
    const persons = run(each({ list: 'board', as: 'who' }, [aUserTask('ok', { people: who })]), {
      board: ['p3', 'p4'],
    });
    expect(persons.state.tasks.map(({ assignee }) => assignee)).toEqual(['p3', 'p4']);
  });

  it('only what is mentioned of a row is held (rule 16)', () => {
    const simulation = run(each({}, [anApproval('ok', { people, due: { at: 'line.until' } })]), {
      lines: [row('a', { phone: '138', until: null, checker: 'p1' })],
      other: 'x',
    });

    expect(simulation.state.vars).toEqual({ lines: [{ id: 'a', until: null, checker: 'p1' }] });
  });

  it('a row as it is now, while the list stays as it was read', () => {
    const big = anExclusive('big', 'line.amount > 10', [aUserTask('boss')], []);
    const simulation = run(each({}, [aUserTask('check'), big]), { lines: [row('a'), row('b')] });
    simulation.complete('check', 'done', {
      item: 'b',
      vars: { lines: [row('a'), row('b', { amount: 11 }), row('c')] },
    });
    simulation.complete('check', 'done', { item: 'a' });

    expect(open(simulation)).toEqual(['boss b']);
  });

  it('dates and amounts of columns compare as such', () => {
    const due = anExclusive('due', 'line.dueOn < date("2026-02-01")', [aUserTask('late')], []);
    const compiled = compile(load(aFlow(each({}, [due])), { types: { 'lines.dueOn': 'date' } }));
    const simulation = new Simulation(compiled);
    simulation.start('owner', { lines: [row('a', { dueOn: '2026-01-31' }), row('b', { dueOn: '2026-03-01' })] });

    expect(open(simulation)).toEqual(['late a']);
  });

  it('items of a forEach within another', () => {
    const inner = aForEach('inner', [anExclusive('x', 'part = line.name and index = 1', [aUserTask('same')], [])], {
      list: '[line.name, "other"]',
      as: 'part',
    });

    expect(open(run(each({}, [inner]), { lines: rows('a', 'b') }))).toEqual(['same a/row a', 'same b/row b']);
  });

  it('an activity is told its item, and runs once for each although it is not to run again', () => {
    const asked: Json[] = [];
    const simulation = run(
      each({ list: 'parts', as: 'part' }, [aServiceTask('tell', { again: 'skip' })]),
      { parts: ['door', 'lock'] },
      { perform: ({ item, items }) => (asked.push([item, items]), { vars: {}, patch: null }) },
    );

    expect(asked).toEqual([
      ['door', { part: 'door' }],
      ['lock', { part: 'lock' }],
    ]);
    expect(open(simulation)).toEqual(['after']);
  });

  it('a timer and a loop in each', () => {
    const again = aLoop('again', 'times.try > 3', [aUserTask('try')], 2);
    const simulation = run(each({}, [aTimer('wait'), again]), { lines: rows('a', 'b') });
    simulation.advance(3_600_000);
    expect(open(simulation)).toEqual(['try a/1', 'try b/1']);
    simulation.complete('try', 'done', { item: 'a/1' });
    simulation.complete('try', 'done', { item: 'b/1' });
    expect(open(simulation)).toEqual(['try a/2', 'try b/2']);
  });
});

describe('until', () => {
  const some = (until: string): Simulation =>
    run(each({ until }, [anApproval('ok')]), { lines: rows('a', 'b', 'c', 'd') });

  it('ends it as soon as it is true, and cancels the others in the same step (rule 24)', () => {
    const simulation = some('results.approved * 2 >= total');
    simulation.complete('ok', 'approved', { item: 'a' });
    simulation.complete('ok', 'rejected', { item: 'b' });
    const late = simulation.task('ok', 'd');
    simulation.complete('ok', 'approved', { item: 'c' });

    expect(simulation.entries.at(-1)).toMatchObject({
      closed: [
        { task: expect.any(String) as string, state: 'done' },
        { task: late.id, state: 'cancelled' },
      ],
      opened: [{ step: 'after' }],
    });
    const command = { task: late.id, assignment: 1, actor: 'owner', outcome: 'approved', vars: {} };
    expect(simulation.send({ kind: 'complete', ...command })).toMatchObject({ code: 'task_closed' });
  });

  it('counts what an `end` of the item came to', () => {
    const steps = [aUserTask('check'), anEnd('stop', 'refused', { ends: 'branch' })];
    const simulation = run(each({ until: 'results.refused = 1' }, steps), { lines: rows('a', 'b') });
    simulation.complete('check', 'done', { item: 'b' });

    expect(open(simulation)).toEqual(['after']);
  });

  it('one that cannot be told is an incident; the items go on, and it is asked again', () => {
    const simulation = some('if done = 1 then 1 else done = 2');
    simulation.complete('ok', 'approved', { item: 'a' });
    expect(simulation.state.incidents).toMatchObject([{ step: 'each', code: 'expression_not_boolean' }]);
    simulation.complete('ok', 'approved', { item: 'b' });

    expect([open(simulation), simulation.state.incidents]).toEqual([['after'], []]);
  });
});

describe('rule 23: rows that come and go', () => {
  it('later rows do not join, deleted ones cancel theirs', () => {
    const simulation = run(each({ until: 'done = total' }), { lines: rows('a', 'b', 'c') });
    simulation.send({ kind: 'amend', actor: 'op', vars: { lines: rows('a', 'c', 'd') } });
    expect(open(simulation)).toEqual(['check a', 'check c']);
    expect(simulation.entries.at(-1)?.closed).toMatchObject([{ step: 'check', state: 'cancelled' }]);
    expect(simulation.state.root?.children[0]?.each).toMatchObject({ total: 2, done: 0 });
    simulation.complete('check', 'done', { item: 'a' });
    simulation.complete('check', 'done', { item: 'c' });

    expect(open(simulation)).toEqual(['after']);
  });

  it('deleted while the case is suspended, nothing inside their items waits for it to go on', () => {
    const inner = aForEach('inner', [aUserTask('check')], { as: 'part' });
    const simulation = run(each({}, [inner]), { lines: rows('a', 'b') });
    simulation.send({ kind: 'suspend', actor: 'op', vars: {} });
    simulation.send({ kind: 'amend', actor: 'op', vars: { lines: rows('b') } });
    const frames = [...framesUnder(simulation.state.root!)].map(({ id }) => id);
    expect(heldFrames(simulation.state).filter((frame) => !frames.includes(frame))).toEqual([]);
    simulation.send({ kind: 'resumeCase', actor: 'op', vars: {} });

    expect(open(simulation)).toEqual(['check b/b']);
  });

  it('the last that was at work is deleted: the step is done', () => {
    const simulation = run(each(), { lines: rows('a', 'b') });
    simulation.complete('check', 'done', { item: 'a' });
    simulation.send({ kind: 'amend', actor: 'op', vars: { lines: rows('a') } });

    expect(open(simulation)).toEqual(['after']);
  });

  it('deleted by the very act that completes another, or itself', () => {
    const other = run(each(), { lines: rows('a', 'b') });
    other.complete('check', 'done', { item: 'a', vars: { lines: rows('a') } });
    expect(open(other)).toEqual(['after']);
    const itself = run(each(), { lines: rows('a', 'b') });
    itself.complete('check', 'done', { item: 'a', vars: { lines: rows('b') } });
    expect(open(itself)).toEqual(['check b']);
  });

  it('deleted before it began', () => {
    const simulation = run(each({ mode: 'sequential' }), { lines: rows('a', 'b', 'c') });
    simulation.send({ kind: 'amend', actor: 'op', vars: { lines: rows('a', 'c') } });
    simulation.complete('check', 'done');

    expect(open(simulation)).toEqual(['check c']);
  });

  it('an activity of a deleted row is let finish, and only logged', () => {
    const simulation = run(each({}, [aServiceTask('tell')]), { lines: rows('a', 'b') }, { perform: () => undefined });
    const [first] = simulation.state.effects;
    simulation.send({ kind: 'amend', actor: 'op', vars: { lines: rows('b') } });
    simulation.consume({ type: 'activityDone', effect: first!.id, vars: {}, patch: null });

    expect(simulation.entries.at(-1)?.event.data).toMatchObject({ late: true });
    expect(simulation.state.root?.children[0]?.children.map(({ item }) => item)).toEqual(['b']);
  });
});

describe('rule 21: return and take back', () => {
  const steps = [aUserTask('first'), ...each({}, [aUserTask('do'), aUserTask('check')])];
  function working(): Simulation {
    const simulation = run(steps, { lines: rows('a', 'b') });
    simulation.complete('first', 'done');
    return simulation;
  }

  it('a return inside stays in its item, and finds its previous handler there', () => {
    const simulation = working();
    simulation.complete('do', 'done', { item: 'a', actor: 'ann' });
    simulation.complete('do', 'done', { item: 'b', actor: 'bob' });
    simulation.complete('check', 'done', { item: 'b' });
    expect(returnPlaces(simulation.compiled, simulation.state, simulation.task('check', 'a'))).toEqual([
      { step: 'first', item: null },
      { step: 'do', item: 'a' },
    ]);
    simulation.returnTo('check', 'do', { from: 'a' });

    expect(open(simulation)).toEqual(['do a']);
    expect(simulation.task('do', 'a').assignee).toBe('ann');
  });

  it('a return to a step before it closes all of it', () => {
    const simulation = working();
    simulation.complete('do', 'done', { item: 'a' });
    simulation.returnTo('check', 'first', { from: 'a' });
    expect(open(simulation)).toEqual(['first']);
    expect(simulation.state.trail).toEqual([]);
    simulation.complete('first', 'done');

    expect(open(simulation)).toEqual(['do a', 'do b']);
  });

  it('a return into one that is over names the item, and opens it alone', () => {
    const simulation = working();
    for (const item of ['a', 'b'])
      for (const step of ['do', 'check']) simulation.complete(step, 'done', { item, actor: `${step} ${item}` });
    expect(simulation.returnTo('after', 'check', { item: 'c' })).toMatchObject({ code: 'return_target_invalid' });
    expect(simulation.returnTo('after', 'check')).toMatchObject({ code: 'return_target_invalid' });
    expect(simulation.returnTo('after', 'check', { item: 'b' })).toBeNull();
    expect(open(simulation)).toEqual(['check b']);
    expect(simulation.task('check').assignee).toBe('check b');
    expect(simulation.entries.at(-1)?.event.data).toMatchObject({ to: 'check', item: 'b' });
    simulation.complete('check', 'done');

    expect(open(simulation)).toEqual(['after']);
  });

  it('a return into several items of one that is over opens each of them, and it waits for all (rule 21)', () => {
    const simulation = run(steps, { lines: rows('a', 'b', 'c') });
    simulation.complete('first', 'done');
    for (const item of ['a', 'b', 'c'])
      for (const step of ['do', 'check']) simulation.complete(step, 'done', { item, actor: `${step} ${item}` });
    const both = { items: ['a', 'c'] };
    expect(simulation.returnTo('after', 'do', { ...both, mode: 'straightBack' })).toMatchObject({
      code: 'return_target_invalid',
    });
    expect(simulation.returnTo('after', 'do', { items: ['a', 'a'] })).toMatchObject({ code: 'return_target_invalid' });
    expect(simulation.returnTo('after', 'do', both)).toBeNull();
    expect(open(simulation)).toEqual(['do a', 'do c']);
    expect(simulation.state.tasks.map(({ returnedBy }) => returnedBy)).toEqual(['owner', 'owner']);
    expect(simulation.entries.at(-1)?.event.data).toMatchObject({ to: 'do', items: ['a', 'c'] });
    for (const item of ['a', 'c']) {
      expect(open(simulation)).not.toContain('after');
      for (const step of ['do', 'check']) simulation.complete(step, 'done', { item });
    }

    expect(open(simulation)).toEqual(['after']);
  });

  it('a return into several items undoes what each did, the last first, before any opens', () => {
    const book = aServiceTask('book', { activity: 'book', compensate: { activity: 'unbook' } });
    const simulation = run(each({}, [aUserTask('do'), book]), { lines: rows('a', 'b') });
    for (const item of ['a', 'b']) simulation.complete('do', 'done', { item });
    const undone = (): (string | null)[] =>
      simulation.entries.flatMap(({ effects }) =>
        effects.flatMap((effect) => (effect.type === 'activity' && effect.undoes !== null ? [effect.item] : [])),
      );
    simulation.returnTo('after', 'do', { items: ['a', 'b'] });

    expect([undone(), open(simulation)]).toEqual([
      ['b', 'a'],
      ['do a', 'do b'],
    ]);
  });

  it('one after another, items are sent back one at a time', () => {
    const simulation = run(each({ mode: 'sequential' }), { lines: rows('a', 'b') });
    for (const item of ['a', 'b']) simulation.complete('check', 'done', { item });

    expect(simulation.returnTo('after', 'check', { items: ['a', 'b'] })).toMatchObject({
      code: 'return_target_invalid',
    });
    expect(simulation.returnTo('after', 'check', { items: ['b'] })).toBeNull();
  });

  it('straight back: a detour into the item, whose values it sees', () => {
    const who = { assign: { rule: 'field' as const, field: 'line.name' } };
    const simulation = run(each({}, [aUserTask('do', { people: who })]), { lines: rows('a', 'b') });
    for (const item of ['a', 'b']) simulation.complete('do', 'done', { item, actor: null });
    simulation.returnTo('after', 'do', { item: 'b', mode: 'straightBack' });
    expect(simulation.state.tasks).toMatchObject([{ step: 'do', item: 'b', assignee: 'row b' }]);
    simulation.complete('do', 'done');

    expect(open(simulation)).toEqual(['after']);
  });

  it('taking back: the item opens again, the others stay', () => {
    const simulation = working();
    for (const step of ['do', 'check']) simulation.complete(step, 'done', { item: 'a' });
    const decided = simulation.entries.at(-1)!.closed[0]!.task;
    expect(simulation.state.root?.children[0]?.each).toMatchObject({ done: 1, results: { done: 1 } });
    simulation.complete('do', 'done', { item: 'b' });
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'owner', vars: {} })).toBeNull();

    expect(open(simulation)).toEqual(['check b', 'check a']);
    expect(simulation.state.root?.children[0]?.each).toMatchObject({ done: 0, results: { done: 0 }, kept: [] });
    simulation.complete('check', 'done', { item: 'a' });
    simulation.complete('check', 'done', { item: 'b' });
    expect(open(simulation)).toEqual(['after']);
  });

  it('taking back, one after another: the next is closed and comes again', () => {
    const simulation = run(each({ mode: 'sequential' }), { lines: rows('a', 'b', 'c') });
    simulation.complete('check', 'done');
    const decided = simulation.entries.at(-1)!.closed[0]!.task;
    expect(open(simulation)).toEqual(['check b']);
    simulation.send({ kind: 'takeBack', decided, actor: 'owner', vars: {} });
    expect(open(simulation)).toEqual(['check a']);
    for (let done = 0; done < 3; done += 1) simulation.complete('check', 'done');

    expect(open(simulation)).toEqual(['after']);
  });

  it('taking back in a parallel of which others still run leaves those at work', () => {
    const simulation = run([aParallel('fork', [[aUserTask('a')], [aUserTask('b')]]), aUserTask('c')]);
    const decided = simulation.task('a').id;
    simulation.complete('a', 'done');
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'owner', vars: {} })).toBeNull();
    expect(open(simulation)).toEqual(['b', 'a']);
    simulation.complete('a', 'done');
    expect(open(simulation)).toEqual(['b']);
    simulation.complete('b', 'done');

    expect(open(simulation)).toEqual(['c']);
  });
});

describe('a long list', () => {
  it('of quick items is worked off over several events, none of which does too much', () => {
    const lines = Array.from({ length: 350 }, (_, index) => row(`r${index}`));
    const simulation = run(each({}, [aCc('tell')]), { lines });
    expect(open(simulation)).toEqual([]);
    simulation.advance(0);

    expect(open(simulation)).toEqual(['after']);
    expect(simulation.entries.map(({ notices }) => notices.length)).toEqual([100, 100, 100, 50]);
    expect(simulation.entries.at(1)?.event).toMatchObject({
      type: 'timer_fired',
      step: 'each',
      data: { timer: 'more' },
    });
  });

  it('leaves no timer behind when it ends before', () => {
    const lines = Array.from({ length: 350 }, (_, index) => row(`r${index}`));
    const simulation = run(each({ until: 'done = 10' }, [aCc('tell')]), { lines });

    expect([open(simulation), simulation.state.timers]).toEqual([['after'], []]);
  });
});

describe('of many items that are done', () => {
  const names = Array.from({ length: 104 }, (_, index) => `r${String(index)}`);
  /** Work of a step that one could be sent back to, and how much more there was. */
  const behind = (simulation: Simulation, from: string, step: string): [places: number, older: number] => {
    const { compiled, state } = simulation;
    const task = simulation.task(from);
    const places = returnPlaces(compiled, state, task).filter((place) => place.step === step);
    return [places.length, forgottenBehind(compiled, state, { task, step })];
  };
  function done(steps: Step[], lines = names.map((id) => row(id))): Simulation {
    const simulation = run([aUserTask('first'), ...steps], { lines });
    simulation.complete('first', 'done');
    return simulation;
  }

  it('those done last can be returned to, and it is known how many more there were', () => {
    const simulation = done(each({}, [aUserTask('do'), aUserTask('check')]));
    for (const item of names) for (const step of ['do', 'check']) simulation.complete(step, 'done', { item });
    expect(behind(simulation, 'after', 'do')).toEqual([100, 4]);
    expect(fold(simulation.compiled, 'case', simulation.entries)).toEqual(simulation.state);

    simulation.returnTo('after', 'check', { item: 'r103' });
    expect(behind(simulation, 'check', 'do')).toEqual([1, 0]);
    simulation.complete('check', 'done');
    expect(behind(simulation, 'after', 'check')).toEqual([100, 4]);

    simulation.returnTo('after', 'first');
    simulation.complete('first', 'done');
    for (const item of names.slice(0, 2)) simulation.complete('do', 'done', { item });
    expect(behind(simulation, 'check', 'do')).toEqual([1, 0]);
    expect(simulation.state.forgotten).toEqual([]);
  });

  it('of items within items those of each, and all of one that is itself forgotten', () => {
    const inner = each({ id: 'inner', list: 'for i in 1..12 return i', as: 'nth' }, [aUserTask('do')])[0]!;
    const simulation = done(each({ mode: 'sequential' }, [inner]));
    const finish = (): void => {
      for (let nth = 1; nth <= 12; nth += 1) simulation.complete('do', 'done');
    };
    finish();
    expect(simulation.state.forgotten).toMatchObject([{ step: 'do', outer: 'r0', count: 2 }]);
    for (let item = 1; item < 104; item += 1) finish();

    expect(behind(simulation, 'after', 'do')).toEqual([1000, 4 * 12 + 100 * 2]);
    expect(simulation.state.forgotten).toHaveLength(101);
  });
});

describe('rows that are written by themselves', () => {
  it('take the place of the row with their id; what nothing mentions is left out, a row that is gone stays gone', () => {
    const simulation = run(
      [...each({ list: 'lines' }, [aUserTask('do')]), anExclusive('big', 'sum(lines.amount) > 5', [], [])],
      {
        lines: rows('a', 'b'),
      },
    );
    simulation.complete('do', 'done', { item: 'a', vars: { 'lines/a': { id: 'a', amount: 9, secret: 1 } } });
    simulation.complete('do', 'done', { item: 'b', vars: { 'lines/z': { id: 'z', amount: 9 } } });

    expect(simulation.state.vars.lines).toEqual([
      { id: 'a', amount: 9 },
      { id: 'b', amount: 1 },
    ]);
  });
});
