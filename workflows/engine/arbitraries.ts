/** Random flows and random doings for property tests (fast-check): every flow here passes `check`. */
import fc from 'fast-check';
import type { Action, Due, Flow, Pause, People, Step } from './flow.gen.ts';
import { isHuman, type HumanStep } from './tree.ts';
import { aCc, aFlow, anApproval, anEnd, anExclusive, aServiceTask, aUserTask } from './testing.ts';

const label = { 'zh-CN': '好', en: 'ok' };
export const PEOPLE = ['p1', 'p2', 'p3'];

const assigned: fc.Arbitrary<People['assign']> = fc.oneof(
  fc.constant({ rule: 'initiator' as const }),
  fc.constant({ rule: 'previous' as const }),
  fc.constant({ rule: 'field' as const, field: 'helper' }),
  fc.constant({ rule: 'role' as const, role: 'staff' }),
  fc.constant({ rule: 'leastLoaded' as const, role: 'staff' }),
);
const pools: fc.Arbitrary<People> = fc.constant({ assign: { rule: 'pool', role: 'staff' } });
const whenEmpty = fc.constantFrom<NonNullable<People['whenEmpty']>[]>('skip', 'incident', { role: 'staff' });

const whenInitiator = fc.constantFrom<NonNullable<People['whenInitiator']>[]>('keep', 'keep', 'skip');

function people(assign: fc.Arbitrary<People['assign']>): fc.Arbitrary<People> {
  return fc.record({ assign, whenEmpty, whenInitiator });
}

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
  const fields = { remind: fc.array(remind, { maxLength: 2 }), then };
  const some = fc.oneof(
    { weight: 3, arbitrary: fc.record({ in: fc.constantFrom('PT2H', 'P1D'), ...fields }) },
    { weight: 1, arbitrary: fc.record({ at, ...fields }) },
    { weight: 1, arbitrary: fc.record({ in: fc.constantFrom('PT2H'), at, ...fields }) },
  );
  return fc.option(some as fc.Arbitrary<Due>, { nil: undefined });
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

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const userTask = fc
  .record({ people: fc.oneof(people(assigned), pools), due: due('done'), pause, actions: some })
  .map((fields) => aUserTask('', given(fields)));
const approval = fc
  .record({
    mode: fc.constantFrom('any' as const, 'all' as const),
    people: people(assigned),
    onRejected: fc.constantFrom('continue' as const, 'continue' as const, 'end' as const),
    due: due('approved'),
    pause,
  })
  .map((fields) => anApproval('', given(fields)));
const plain: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: userTask },
  { weight: 3, arbitrary: approval },
  { weight: 1, arbitrary: fc.oneof(people(assigned), pools).map((given) => aCc('', { people: given })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('run' as const, 'skip' as const).map((again) => aServiceTask('', { again })),
  },
);
const condition = fc.constantFrom('amount > 5', 'initiator = helper', 'amount + 1 > 3', 'true', 'false');

const { step: anyStep } = fc.letrec<{ sequence: Step[]; step: Step }>((tie) => ({
  sequence: fc.array(tie('step'), { maxLength: 4, depthIdentifier: 'tree' }),
  step: fc.oneof(
    { depthIdentifier: 'tree', depthSize: 'small' },
    { weight: 5, arbitrary: plain },
    {
      weight: 2,
      arbitrary: fc
        .tuple(condition, tie('sequence'), tie('sequence'), fc.boolean())
        .map(([when, then, otherwise, ends]) =>
          anExclusive('', when, ends ? [...then, anEnd('', 'stopped')] : then, otherwise),
        ),
    },
  ),
}));

/** A flow whose steps have ids, some of whose actions lead back to an earlier human step. */
export const flows: fc.Arbitrary<Flow> = fc
  .tuple(
    fc.array(anyStep, { minLength: 2, maxLength: 7, size: 'max' }),
    fc.array(fc.nat({ max: 5 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([steps, picks]) => aFlow(numbered(steps, picks)));

function numbered(steps: Step[], picks: number[]): Step[] {
  let count = 0;
  const name = (inner: Step[], humans: string[]): Step[] => {
    const before = [...humans];
    return inner.map((step) => {
      count += 1;
      const id = `s${count}`;
      const pick = picks[count % picks.length] ?? 0;
      if (step.kind === 'exclusive') {
        const branches = step.branches.map((branch) => ({ ...branch, steps: name(branch.steps, before) }));
        return { ...step, id, branches, otherwise: { steps: name(step.otherwise.steps, before) } };
      }
      const back = before[pick];
      if (!isHuman(step)) return { ...step, id };
      before.push(id);
      const human = { ...countingItself(step, id), id };
      return back === undefined ? human : goingBack(human, back, count);
    });
  };
  return name(steps, []);
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

/** One thing that happens next: which of the open tasks, which act; numbers are taken modulo what there is. */
export interface Doing {
  act:
    | 'complete'
    | 'return'
    | 'detour'
    | 'transfer'
    | 'wait'
    | 'answer'
    | 'fail'
    | 'retry'
    | 'withdraw'
    | 'amend'
    | 'crash'
    | 'stale'
    | 'pause'
    | 'resume';
  pick: number;
  value: number;
}
export const doings: fc.Arbitrary<Doing[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 8, arbitrary: fc.constant('complete' as const) },
      { weight: 4, arbitrary: fc.constant('answer' as const) },
      {
        weight: 8,
        arbitrary: fc.constantFrom(
          ...([
            'return',
            'detour',
            'transfer',
            'wait',
            'fail',
            'retry',
            'amend',
            'stale',
            'crash',
            'pause',
            'pause',
            'resume',
          ] as const),
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('withdraw' as const) },
    ),
    pick: fc.nat({ max: 50 }),
    value: fc.nat({ max: 10 }),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
);
