/** Random flows and random doings for property tests (fast-check): every flow here passes `check`. */
import fc from 'fast-check';
import type { Action, Due, Flow, Handler, Parallel, Pause, Step } from './flow.gen.ts';
import { given, namingOthers, people, pools, whenRepeated, assigned } from './arbitrary-people.ts';
import { isHuman, type HumanStep } from './tree.ts';
import {
  aCall,
  aPart,
  aSplit,
  condition,
  handlersOf,
  interrupted,
  waiting,
  withBranches,
  withHandlers,
  type Passed,
  type Sequences,
} from './arbitrary-scopes.ts';

import {
  aCallActivity,
  aCc,
  aFlow,
  aForEach,
  aJump,
  aLoop,
  anApproval,
  anEnd,
  anExclusive,
  anInclusive,
  aHandler,
  aParallel,
  aServiceTask,
  aSubProcess,
  aTimer,
  aUserTask,
} from './testing.ts';

const label = { 'zh-CN': '好', en: 'ok' };
export const PEOPLE = ['p1', 'p2', 'p3'];

const calendar = fc.constantFrom(undefined, 'wall', 'office', 'office', 'lost');

const remind = fc.constantFrom({ before: 'PT30M' }, { after: 'PT1H' }, { after: 'PT1H', every: 'PT1H', times: 2 });
function due(outcome: string): fc.Arbitrary<Due | undefined> {
  const then: fc.Arbitrary<Due['then']> = fc.constantFrom(
    { do: 'remind' },
    { do: 'escalate', to: 'manager' },
    { do: 'escalate', to: 'manager', after: 'PT1H' },
    { do: 'complete', outcome },
    { do: 'transfer', people: { assign: { rule: 'role', role: 'staff' } } },
    { do: 'transfer', people: { assign: { rule: 'field', field: 'helper' }, whenEmpty: 'incident' } },
    [
      { do: 'escalate', to: 'manager' },
      { do: 'transfer', people: { assign: { rule: 'role', role: 'staff' } } },
      { do: 'remind', after: 'PT1H' },
      { do: 'complete', outcome, after: 'PT5H' },
    ],
  );
  // Of the moments some are past, some nothing yet, and one is none.
  const at = fc.constantFrom('now + duration("PT3H")', 'today', 'if amount > 5 then now else null', 'amount');
  const fields = { calendar, remind: fc.array(remind, { maxLength: 2 }), then };
  const some = fc.oneof(
    { weight: 3, arbitrary: fc.record({ in: fc.constantFrom('PT2H', 'P1D'), ...fields }) },
    { weight: 1, arbitrary: fc.record({ at, ...fields }) },
    { weight: 1, arbitrary: fc.record({ in: fc.constantFrom('PT2H'), at, ...fields }) },
  );
  return fc.option(
    some.map((one) => given(one) as Due),
    { nil: undefined },
  );
}

const pause = fc.option(fc.constantFrom<Pause>({ max: 'PT3H' }, { max: 'P2D' }), { nil: undefined });
/** Offered by conditions, of which one can be told by some values only; `done` always is. */
const some = fc.option(
  fc
    .subarray<Action>([
      { ...action('more'), when: 'amount > 5' },
      { ...action('odd'), when: 'if amount > 8 then amount else true' },
      { ...action('early'), when: 'times.self < 2' },
    ])
    .map((more) => [action('done'), ...more]),
  { nil: undefined },
);

const userTask = fc
  .record({ people: fc.oneof(people(assigned), pools), due: due('done'), pause, actions: some })
  .map((fields) => aUserTask('', given(fields)));
const approval = fc
  .record({
    mode: fc.constantFrom('any' as const, 'all' as const, 'sequential' as const, 'vote' as const),
    vote: fc.constantFrom({ part: 1, of: 2 }, { part: 2, of: 3, weights: { p1: 3 } }),
    people: fc.tuple(people(assigned), whenRepeated).map(([rule, repeated]) => ({ ...rule, whenRepeated: repeated })),
    onRejected: fc.constantFrom('continue' as const, 'continue' as const, 'end' as const),
    due: due('approved'),
    pause,
  })
  .map((fields) => anApproval('', given(fields)));
const compensate = { activity: 'notify' };
const plain: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: userTask },
  { weight: 3, arbitrary: approval },
  { weight: 1, arbitrary: fc.oneof(people(assigned), pools).map((given) => aCc('', { people: given })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('run' as const, 'skip' as const), fc.constantFrom({}, { compensate }))
      .map(([again, fields]) => aServiceTask('', { again, ...fields })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('run' as const, 'skip' as const),
        fc.constantFrom(true, true, false),
        fc.constantFrom('child', { expression: 'if amount > 5 then "child" else "other"' }),
      )
      .map(([again, wait, flow]) => aCallActivity('', { again, wait, flow })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        { in: 'PT2H' },
        { in: 'PT9H', calendar: 'office' },
        { in: 'P1D', calendar: 'lost' },
        { at: 'now + duration("PT3H")' },
        { at: 'today' },
      )
      .map((fields) => aTimer('', fields)),
  },
);

const aChoice = (inside: Sequences): fc.Arbitrary<Step> =>
  fc
    .tuple(condition, inside, inside, fc.boolean())
    .map(([when, then, otherwise, ends]) =>
      anExclusive('', when, ends ? [...then, anEnd('', 'stopped')] : then, otherwise),
    );
const join = fc.constantFrom<NonNullable<Parallel['join']>[]>('all', 'all', 'any', 1);
const aFork = (inside: Sequences): fc.Arbitrary<Step> =>
  fc.tuple(fc.array(inside, { minLength: 2, maxLength: 3 }), join, condition).map(([branches, needed, when]) =>
    aParallel(
      '',
      branches.map((steps) => endingEarly(when, steps)),
      { join: needed },
    ),
  );
const someBranches = (inside: Sequences): fc.Arbitrary<Step> =>
  fc
    .tuple(fc.array(fc.tuple(condition, inside), { minLength: 1, maxLength: 3 }), inside)
    .map(([branches, otherwise]) => anInclusive('', branches, otherwise));
const until = fc.constantFrom('amount > 5', 'times.self > 2', 'false');
const rounds = (inside: Sequences): fc.Arbitrary<Step> =>
  fc
    .tuple(until, inside, fc.integer({ min: 1, max: 3 }))
    .map(([whenOver, steps, max]) => aLoop('', whenOver, steps, max));
/** What is done when something happens meanwhile, and beside the rest of an item. */
const few = fc.array(plain, { maxLength: 2 });
const list = fc.constantFrom('lines', 'lines', 'lines[item.amount > 2]', '[1, 2, 3]', 'helper');
const enough = fc.constantFrom(undefined, undefined, 'results.done > 1', 'done * 2 >= total', 'results.approved');
const items = (inside: Sequences): fc.Arbitrary<Step> =>
  fc
    .record({
      list,
      until: enough,
      mode: fc.constantFrom('parallel' as const, 'parallel' as const, 'sequential' as const),
      atOnce: fc.constantFrom(undefined, 1, 2),
      steps: fc.tuple(inside, few, userTask, approval).map(([first, more, human, ok]) => [
        ...first,
        // `ITEM` becomes the name that its forEach has.
        anExclusive('', 'index > 1 or ITEM.amount > 5', [ok, ...more], [human, anEnd('', 'early', { ends: 'branch' })]),
      ]),
    })
    .map(({ steps, ...fields }) => aForEach('', steps, given(fields)));
/** Back to the human step before it, on some condition. */
const aJumpBack = (inside: Sequences): fc.Arbitrary<Step> =>
  fc
    .tuple(userTask, condition, inside)
    .map(([human, when, rest]) =>
      anExclusive('', 'true', [human, anExclusive('', when, [aJump('', 'back')], rest)], []),
    );

const { step: anyStep } = fc.letrec<{ sequence: Step[]; step: Step }>((tie) => {
  const inside = tie('sequence');
  return {
    sequence: fc.array(tie('step'), { maxLength: 4, depthIdentifier: 'tree' }),
    step: fc.oneof(
      { depthIdentifier: 'tree', depthSize: 'small' },
      { weight: 5, arbitrary: plain },
      { weight: 1, arbitrary: waiting },
      { weight: 1, arbitrary: aSplit(inside) },
      { weight: 1, arbitrary: aPart(inside, few) },
      { weight: 1, arbitrary: aCall(inside, few) },
      {
        weight: 2,
        arbitrary: interrupted(fc.oneof(userTask, approval, aFork(inside), rounds(inside), items(inside)), few),
      },
      { weight: 2, arbitrary: aChoice(inside) },
      { weight: 2, arbitrary: aFork(inside) },
      { weight: 1, arbitrary: someBranches(inside) },
      { weight: 1, arbitrary: rounds(inside) },
      { weight: 1, arbitrary: items(inside) },
      { weight: 1, arbitrary: aJumpBack(inside) },
    ),
  };
});

/** A flow whose steps have ids, some of whose actions lead back to an earlier human step. */
export const flows: fc.Arbitrary<Flow> = fc
  .tuple(
    fc.array(anyStep, { minLength: 2, maxLength: 7, size: 'max' }),
    fc.array(fc.nat({ max: 5 }), { minLength: 6, maxLength: 6 }),
    fc.option(handlersOf(fc.constant([aUserTask('')])), { nil: [] }),
    fc.boolean(),
    fc.constantFrom<Flow['never'][]>(undefined, undefined, undefined, [{ field: 'helper' }]),
  )
  .map(([steps, picks, on, undoes, barred]) => {
    const undo = aHandler('', { catch: 'cancel' }, [aUserTask(''), aServiceTask('')]);
    return { ...numberedFlow(steps, picks, undoes ? [...on, undo] : on), ...given({ never: barred }) };
  });

/** The handlers of the flow come last, as in the document. */
function numberedFlow(steps: Step[], picks: number[], on: Handler[]): Flow {
  const [whole] = numbered([aSubProcess('', steps, on)], picks);
  if (whole?.kind !== 'subProcess') throw new Error('the whole is one sub-process');
  return aFlow(whole.steps, whole.on ? { on: whole.on } : {});
}

/** Some branches may be done before their end. */
function endingEarly(when: string, steps: Step[]): Step[] {
  if (steps.length < 3) return steps;
  const [first, ...rest] = steps;
  const early = anExclusive('', when, [anEnd('', 'early', { ends: 'branch' })], []);
  return first === undefined ? rest : [first, early, ...rest];
}

function numbered(steps: Step[], picks: number[]): Step[] {
  let count = 0;
  const name = (inner: Step[], { humans, near }: Passed): Step[] => {
    const passed = { humans: [...humans], near };
    return inner.map((step) => {
      count += 1;
      return named(step, `s${count}`, passed);
    });
  };
  return name(steps, { humans: [], near: null });

  function named(step: Step, id: string, passed: Passed): Step {
    const { near } = passed;
    if (step.kind === 'jump') return near === null ? aTimer(id) : { ...step, id, to: near };
    const before = [...passed.humans];
    const whole = namedPlainly(step, id, passed);
    return withHandlers(whole, before, { name, nextId: () => `h${(count += 1)}` });
  }

  function namedPlainly(step: Step, id: string, passed: Passed): Step {
    if (isHuman(step)) return namedHuman({ ...step, people: namingOthers(step.people, passed) }, id, passed);
    if (step.kind === 'cc') return { ...step, id, people: namingOthers(step.people, passed) };
    return withBranches({ ...step, id }, passed, name);
  }

  function namedHuman(step: HumanStep, id: string, passed: Passed): Step {
    const back = passed.humans[picks[count % picks.length] ?? 0];
    passed.humans.push(id);
    passed.near = id;
    const human = { ...countingItself(step, id), id };
    return back === undefined ? human : goingBack(human, back, count);
  }
}

/** Conditions of its actions that count its own decisions name it. */
function countingItself(step: HumanStep, id: string): HumanStep {
  if (!step.actions) return step;
  const named = step.actions.map((each) => (each.when ? { ...each, when: each.when.replace('self', id) } : each));
  return { ...step, actions: named };
}

/** Some of its actions, or its due time, lead back. */
function goingBack(step: HumanStep, back: string, count: number): HumanStep {
  const returnTo = { step: back, mode: count % 2 === 0 ? ('redo' as const) : ('straightBack' as const) };
  const onward =
    step.kind === 'approval' ? [action('approved'), action('rejected')] : (step.actions ?? [action('done')]);
  const due = count % 3 === 0 ? { due: { in: 'PT3H', then: { do: 'return' as const, step: back } } } : {};
  return { ...step, ...due, actions: [...onward, { ...action('back'), returnTo }] };
}

function action(outcome: string): Action {
  return { outcome, label };
}
