/** People rules, and the policies that hold whatever brings somebody a task (ux.md threads 3, 17 and 31; protocol.md rules 11 and 17). */
import { describe, expect, it } from 'vitest';
import { choicesOf } from './choices.ts';
import { compile } from './compile.ts';
import type { Flow, People, Step } from './flow.gen.ts';
import { Simulation, type SimulationOptions } from './simulate.ts';
import { aFlow, anApproval, anExclusive, aParallel, aUserTask, compileSteps, load } from './testing.ts';
import type { Effect, Explanation } from './types.ts';

type Asked = Extract<Effect, { type: 'resolve' }>;
const by = (field: string, more: Partial<People> = {}): People => ({ assign: { rule: 'field', field }, ...more });
const run = (steps: Step[], options: SimulationOptions = {}, more: Partial<Flow> = {}) =>
  new Simulation(compile(load(aFlow(steps, more))), options);
const holders = ({ state }: Simulation) => state.tasks.map(({ assignee, pool }) => assignee ?? pool);
const aimAt = (simulation: Simulation, step: string) => {
  const { id, assignment, assignee } = simulation.task(step);
  return { task: id, assignment, actor: assignee, vars: {} };
};
/** Answers with what the engine named, p1 replaced by their substitute. */
function organisation(instead: Record<string, string>, asked: Asked[] = []): SimulationOptions {
  return {
    confirmsPeople: true,
    resolve: (effect) => {
      asked.push(effect);
      const given = effect.given ?? ['p1', 'p2'];
      const substitutions = given.flatMap((each) => (instead[each] ? [{ for: each, to: instead[each] }] : []));
      const explanation: Explanation = { rule: effect.assign.rule, inputs: {}, substitutions };
      return { persons: given.map((each) => instead[each] ?? each), explanation };
    },
  };
}

describe('an expression', () => {
  const people: People = {
    assign: { rule: 'expression', expression: 'if amount > 100 then "role:boss" else ["p1", "p2"]' },
  };

  it('names people or roles, which the organisation answers', () => {
    const asked: Asked[] = [];
    const simulation = run([anApproval('ok', { mode: 'all', people })], organisation({}, asked));
    simulation.start('owner', { amount: 5 });

    expect(asked).toMatchObject([{ given: ['p1', 'p2'] }]);
    expect(holders(simulation)).toEqual(['p1', 'p2']);
  });

  it('that gives something else is an incident, which a retry settles', () => {
    const bad: People = { assign: { rule: 'expression', expression: 'if amount > 100 then "p1" else amount' } };
    const simulation = run([aUserTask('a', { people: bad })], organisation({}));
    simulation.start('owner', { amount: 5 });
    expect(simulation.state.incidents).toMatchObject([{ code: 'expression_not_people', step: 'a' }]);
    const incident = simulation.state.incidents[0]!.id;
    simulation.send({ kind: 'retry', incident, actor: 'op', vars: { amount: 500 } });

    expect(holders(simulation)).toEqual(['p1']);
  });
});

describe('choices', () => {
  const chosen: People = { assign: { rule: 'initiatorsChoice', most: 2 } };
  const next: People = { assign: { rule: 'previousHandlersChoice' } };

  it('are the initiator’s when the case starts, in their order', () => {
    const simulation = run([anApproval('ok', { mode: 'sequential', people: chosen })]);
    simulation.start('owner', {}, { ok: ['p2', 'p1'] });
    expect(holders(simulation)).toEqual(['p2']);
    simulation.complete('ok', 'approved');

    expect(holders(simulation)).toEqual(['p1']);
  });

  it('are those of whoever handled the step before, each time anew', () => {
    const simulation = run([aUserTask('a'), aUserTask('b', { people: next })]);
    simulation.start('owner');
    simulation.complete('a', 'done', { choices: { b: ['p5'] } });
    expect(holders(simulation)).toEqual(['p5']);
  });

  it('are asked where they are needed, and required where every way leads there', () => {
    const inBranch = anExclusive('x', 'amount > 1', [aUserTask('b', { people: next })], []);
    const { steps } = compileSteps([aUserTask('a'), inBranch, aUserTask('c', { people: chosen })]);
    expect(choicesOf({ steps }, 'a')).toEqual([{ step: 'b', among: 'staff', most: 1, isRequired: false }]);
    expect(choicesOf({ steps }, null)).toEqual([{ step: 'c', among: 'staff', most: 1, isRequired: true }]);
  });

  it('of too many, of one twice, or that nobody asked for are refused and change nothing', () => {
    const simulation = run([anApproval('ok', { mode: 'any', people: chosen }), aUserTask('b')]);
    for (const choices of [{ ok: ['p1', 'p2', 'p3'] }, { ok: ['p1', 'p1'] }, { b: ['p1'] }])
      expect(simulation.start('owner', {}, choices)).toMatchObject({ code: 'choice_invalid' });
    expect(simulation.state.status).toBe('new');
  });

  it('nobody was chosen: the empty policy', () => {
    const simulation = run([aUserTask('a', { people: chosen })]);
    simulation.start('owner');
    expect(holders(simulation)).toEqual(['manager']);
  });
});

describe('somebody who approved before (审批人去重)', () => {
  const first = anApproval('one', { mode: 'all', people: by('board') });
  const second = (
    whenRepeated: NonNullable<People['whenRepeated']>,
    mode: 'all' | 'any' | 'sequential' | 'vote' = 'all',
  ) => anApproval('last', { mode, vote: { part: 1, of: 2 }, people: by('other', { whenRepeated }) });
  const start = (steps: Step[], vars = { board: ['p1', 'p2'], other: ['p2', 'p3'] }) => {
    const simulation = run(steps);
    simulation.start('owner', vars);
    simulation.complete('one', 'approved');
    simulation.complete('one', 'approved');
    return simulation;
  };

  it('is asked again, or taken as having approved', () => {
    expect(holders(start([first, second('ask')]))).toEqual(['p2', 'p3']);
    expect(holders(start([first, second('skip')]))).toEqual(['p3']);
    expect(holders(start([first, second('skip', 'sequential')]))).toEqual(['p3']);
  });

  it('only in the step just before, where the flow says so', () => {
    const between = anApproval('between', { people: by('boss') });
    const vars = { board: ['p1', 'p2'], other: ['p2', 'p3'], boss: 'p9' };
    const simulation = start([first, between, second('skipConsecutive')], vars);
    simulation.complete('between', 'approved');
    expect(holders(simulation)).toEqual(['p2', 'p3']);
    expect(holders(start([first, second('skipConsecutive')]))).toEqual(['p3']);
  });

  it('of one of several, and of so much of the votes, is a decision', () => {
    for (const mode of ['any', 'vote'] as const) {
      const simulation = start([first, second('skip', mode), aUserTask('after')]);
      expect(simulation.open()).toEqual(['after']);
      expect(simulation.state.trail.at(-1)).toMatchObject({ step: 'last', skipped: true, approvers: ['p2'] });
    }
  });

  it('thread 3: whose approval a return took back is asked again', () => {
    const simulation = start([aUserTask('zero'), first, second('skip')].slice(1), {
      board: ['p1', 'p2'],
      other: ['p3'],
    });
    simulation.returnTo('last', 'one', { actor: 'p3' });
    simulation.complete('one', 'approved');
    simulation.complete('one', 'approved');
    expect(holders(simulation)).toEqual(['p3']);
  });
});

describe('whoever never handles it', () => {
  const barring = by('doer', { never: [{ field: 'about' }] });

  it('is not asked by any rule', () => {
    const simulation = run([anApproval('ok', { mode: 'all', people: barring })]);
    simulation.start('owner', { doer: ['p1', 'p2'], about: 'p1' });
    expect(holders(simulation)).toEqual(['p2']);
    expect(simulation.task('ok').explanation.policies).toEqual([{ policy: 'never', persons: ['p1'] }]);
  });

  it('thread 31: gets it by no act, and does nothing with it', () => {
    const simulation = run([anApproval('ok', { people: barring })]);
    simulation.start('owner', { doer: 'p2', about: 'p1' });
    const aimed = aimAt(simulation, 'ok');
    const refused = { code: 'never_handles', params: { person: 'p1' } };
    expect(simulation.send({ kind: 'transfer', ...aimed, to: 'p1' })).toEqual(refused);
    expect(simulation.send({ kind: 'delegate', ...aimed, to: 'p1' })).toEqual(refused);
    expect(simulation.send({ kind: 'addSigners', ...aimed, persons: ['p3', 'p1'], where: 'after' })).toEqual(refused);
    expect(simulation.send({ kind: 'complete', ...aimed, actor: 'p1', outcome: 'approved' })).toEqual(refused);
    expect(simulation.state.rev).toBe(1);
  });

  it('loses it to a pool when the field comes to name them, also what they delegated', () => {
    const simulation = run([aUserTask('a', { people: barring })]);
    simulation.start('owner', { doer: 'p1', about: 'p9' });
    simulation.send({ kind: 'delegate', ...aimAt(simulation, 'a'), to: 'p2' });
    simulation.send({ kind: 'amend', actor: 'hr', vars: { about: 'p1' } });
    expect(holders(simulation)).toEqual(['p2']);
    simulation.complete('a', 'done');

    expect(holders(simulation)).toEqual(['manager']);
  });

  it('by the flow as a whole, in every step; a pool is told whom to keep out', () => {
    const pool: People = { assign: { rule: 'pool', role: 'staff' } };
    const simulation = run([aUserTask('a', { people: pool })], {}, { never: ['initiator', { field: 'about' }] });
    simulation.start('owner', { about: ['p1', 'p2'] });
    expect(simulation.entries[0]?.opened).toMatchObject([{ pool: 'staff', never: ['owner', 'p1', 'p2'] }]);
    expect(simulation.complete('a', 'done', { actor: 'p2' })).toMatchObject({ code: 'never_handles' });
    expect(simulation.complete('a', 'done', { actor: 'p3' })).toBeNull();
  });

  it('as the handler of another step: two pairs of eyes', () => {
    const people = by('doer', { never: [{ step: 'a' }] });
    const simulation = run([aUserTask('a', { people: by('doer') }), aUserTask('b', { people })]);
    simulation.start('owner', { doer: 'p1' });
    simulation.complete('a', 'done');
    expect(holders(simulation)).toEqual(['manager']);
  });
});

describe('thread 17: the absent', () => {
  it('are stood in for, whatever names them; the log says for whom', () => {
    const asked: Asked[] = [];
    const simulation = run([aUserTask('a', { people: by('doer') })], organisation({ p1: 'p7' }, asked));
    simulation.start('owner', { doer: 'p1' });
    expect(asked).toMatchObject([{ given: ['p1'], substitutes: true }]);
    expect(simulation.task('a')).toMatchObject({ assignee: 'p7', explanation: { for: 'p1' } });
    simulation.complete('a', 'done');

    expect(simulation.entries.at(-1)?.event).toMatchObject({ actor: 'p7', actingFor: 'p1' });
  });

  it('get returned work through their substitute too', () => {
    const instead: Record<string, string> = {};
    const steps = [aUserTask('a', { people: by('doer') }), aUserTask('b')];
    const simulation = run(steps, organisation(instead));
    simulation.start('owner', { doer: 'p1' });
    simulation.complete('a', 'done');
    instead.p1 = 'p7';
    simulation.returnTo('b', 'a');
    expect(simulation.task('a')).toMatchObject({ assignee: 'p7', explanation: { for: 'p1', policy: 'returned' } });
  });

  it('keep their work where the flow says so, and the initiator always', () => {
    const kept = by('doer', { whenAbsent: 'keep' });
    const simulation = run([aParallel('p', [[aUserTask('a', { people: kept })], [aUserTask('b')]])], organisation({}));
    simulation.start('owner', { doer: 'p1' });
    expect(holders(simulation)).toEqual(['p1', 'owner']);
    expect(simulation.entries).toHaveLength(1);
  });

  it('for whom nobody stands in leave the work to the empty policy, and the managers are told', () => {
    const explanation: Explanation = { rule: 'field', inputs: {}, absent: ['p1'] };
    const simulation = run([aUserTask('a', { people: by('doer', { whenEmpty: { role: 'staff' } }) })], {
      confirmsPeople: true,
      resolve: () => ({ persons: [], explanation }),
    });
    simulation.start('owner', { doer: 'p1' });
    expect(holders(simulation)).toEqual(['staff']);
    expect(simulation.entries.at(-1)?.notices).toEqual([
      { kind: 'absent', step: 'a', task: null, to: { role: 'manager' } },
    ]);
  });

  it('of a case that began before stay as they were', () => {
    const simulation = run([aUserTask('a', { people: by('doer') })], { resolve: () => undefined });
    simulation.start('owner', { doer: 'p1' });
    expect(holders(simulation)).toEqual(['p1']);
  });
});

describe('the approver is the initiator', () => {
  it('head: the organisation is asked for the head of their department', () => {
    const asked: Asked[] = [];
    const people = by('doer', { whenInitiator: 'head' });
    const simulation = run([anApproval('ok', { people })], {
      ...organisation({ owner: 'chief' }, asked),
      confirmsPeople: false,
    });
    simulation.start('owner', { doer: 'owner' });
    expect(asked).toMatchObject([{ given: ['owner'], headForInitiator: true }]);
    expect(holders(simulation)).toEqual(['chief']);
  });
});

describe('taking back and leaving out in one seat', () => {
  const sequential = () => {
    const simulation = run([anApproval('ok', { mode: 'sequential', people: by('board') })]);
    simulation.start('owner', { board: ['p1', 'p2'] });
    const decided = simulation.task('ok').id;
    simulation.complete('ok', 'approved');
    return { simulation, decided };
  };

  it('whoever was before the next takes back while that one did nothing', () => {
    const { simulation, decided } = sequential();
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'p1', vars: {} })).toBeNull();
    expect(holders(simulation)).toEqual(['p1']);
    simulation.complete('ok', 'approved');
    expect(holders(simulation)).toEqual(['p2']);
    simulation.complete('ok', 'approved');
    expect(simulation.state.status).toBe('completed');
  });

  it('not once the next has handed it on, nor by another', () => {
    const { simulation, decided } = sequential();
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'p2', vars: {} })).toMatchObject({
      code: 'take_back_too_late',
    });
    simulation.send({ kind: 'delegate', ...aimAt(simulation, 'ok'), to: 'p9' });
    expect(simulation.send({ kind: 'takeBack', decided, actor: 'p1', vars: {} })).toMatchObject({
      code: 'take_back_too_late',
    });
  });
});
