/** Random sub-processes, races, handlers and what they wait for, for the property tests. */
import fc from 'fast-check';
import type { Exclusive, ForEach, Handler, Inclusive, Parallel, Step, SubProcess } from './flow.gen.ts';
import { isHuman } from './tree.ts';
import {
  aCallActivity,
  aHandler,
  anEnd,
  anExclusive,
  aRace,
  aReceive,
  aServiceTask,
  aSubProcess,
  aThrow,
  aUserTask,
} from './testing.ts';

export type Sequences = fc.Arbitrary<Step[]>;

export const condition = fc.constantFrom('amount > 5', 'initiator = helper', 'amount + 1 > 3', 'true', 'false');
export const waiting: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('"k1"', 'string(amount)').map((key) => aReceive('', { message: 'paid', key })),
  fc.constantFrom<Step>(
    aThrow('', { escalation: 'help' }),
    aThrow('', { signal: 'storm' }),
    aThrow('', { message: 'paid', key: 'amount' }),
  ),
);
export const aSplit = (inside: Sequences): fc.Arbitrary<Step> =>
  fc.tuple(fc.shuffledSubarray(WAITS, { minLength: 2 }), inside, inside).map(([waits, first, second]) =>
    aRace(
      '',
      waits.map((wait, index) => [wait, [first, second][index] ?? []]),
    ),
  );
const WAITS = [
  { catch: 'timer' as const, in: 'PT2H' },
  { catch: 'timer' as const, in: 'PT2H', calendar: 'office' },
  { catch: 'message' as const, name: 'paid', key: '"k1"' },
  { catch: 'signal' as const, name: 'storm' },
  { catch: 'condition' as const, when: 'amount > 5' },
];

/** A sub-process that may end early, as a whole or with an error. */
export const aPart = (inside: Sequences, few: Sequences): fc.Arbitrary<Step> =>
  fc
    .tuple(inside, condition, fc.constantFrom('scope' as const, 'error' as const, null), handlersOf(few))
    .map(([steps, when, ends, on]) => {
      const early = ends === null ? [] : [anExclusive('', when, [anEnd('', 'broken', { ends })], [])];
      const caught = aHandler('', { catch: 'error', codes: ['broken'] }, [aUserTask('')]);
      return aSubProcess('', [...early, ...steps], ends === 'error' ? [caught, ...on] : on);
    });

/** Handlers that may be on anything. */
export function handlersOf(inside: Sequences): fc.Arbitrary<Handler[]> {
  const interrupting = fc.boolean();
  const any = fc.oneof(
    fc
      .tuple(interrupting, fc.constantFrom('wall', 'office', 'lost'), inside)
      .map(([how, calendar, steps]) =>
        aHandler('', { catch: 'timer', in: 'PT1H', calendar, interrupting: how }, steps),
      ),
    fc
      .tuple(fc.constantFrom('wall', 'office'), inside)
      .map(([calendar, steps]) =>
        aHandler('', { catch: 'timer', every: 'PT1H', calendar, times: 3, interrupting: false }, steps),
      ),
    fc
      .tuple(fc.constantFrom('now', 'amount'), inside)
      .map(([at, steps]) => aHandler('', { catch: 'timer', at }, steps)),
    fc
      .tuple(interrupting, fc.constantFrom('"k1"', 'string(amount)'), inside)
      .map(([how, key, steps]) => aHandler('', { catch: 'message', name: 'paid', key, interrupting: how }, steps)),
    fc
      .tuple(interrupting, inside)
      .map(([how, steps]) => aHandler('', { catch: 'signal', name: 'storm', interrupting: how }, steps)),
    fc
      .tuple(interrupting, condition, inside)
      .map(([how, when, steps]) => aHandler('', { catch: 'condition', when, interrupting: how }, steps)),
  );
  return fc.array(any, { maxLength: 2 });
}

/** Something may happen on a step meanwhile. */
export const interrupted = (steps: fc.Arbitrary<Step>, few: Sequences): fc.Arbitrary<Step> =>
  fc.tuple(fc.oneof(steps, aSplit(few)), handlersOf(few)).map(([step, on]) => (on.length > 0 ? { ...step, on } : step));
/** What is thrown inside is caught outside. */
export const aCall = (inside: Sequences, few: Sequences): fc.Arbitrary<Step> =>
  fc.tuple(inside, few, fc.boolean()).map(([steps, caught, interrupting]) => {
    const refused = aHandler('', { catch: 'error', codes: ['broken'] }, caught);
    const help = aHandler('', { catch: 'escalation', code: 'help', interrupting }, caught);
    const service = aServiceTask('', { on: [refused] });
    const call = aCallActivity('', { on: [refused] });
    return aSubProcess('', [aThrow('', { escalation: 'help' }), service, call, ...steps], [help]);
  });

/** Human steps that every way to a place has passed, and the last of them to which a jump from there may lead. */
export interface Passed {
  humans: string[];
  near: string | null;
}
export type Naming = (steps: Step[], passed: Passed) => Step[];

/** Their ids come from the same count; a jump does not lead out of them. */
export function withHandlers(
  step: Step,
  before: string[],
  { name, nextId }: { name: Naming; nextId: () => string },
): Step {
  if (!('on' in step)) return step;
  const on = step.on.map((handler): Handler => {
    const humans = handler.catch === 'cancel' ? [] : before;
    return { ...handler, id: nextId(), steps: name(handler.steps, { humans, near: null }) };
  });
  return { ...step, on };
}

function naming(step: ForEach, steps: Step[]): ForEach {
  const as = `${step.id}Item`;
  return { ...step, as, steps: JSON.parse(JSON.stringify(steps).replaceAll('ITEM', as)) as Step[] };
}

function withScope(step: SubProcess, { humans }: Passed, name: Naming): SubProcess {
  const inside = name(step.steps, { humans, near: null });
  humans.push(...inside.filter(isHuman).map((human) => human.id));
  return { ...step, steps: inside };
}

function withTogether(step: Parallel, { humans }: Passed, name: Naming): Parallel {
  const branches = step.branches.map((each) => ({ ...each, steps: name(each.steps, { humans, near: null }) }));
  // Every branch was done: a return may lead into one.
  if (step.join === 'all')
    humans.push(...branches.flatMap((each) => each.steps.filter(isHuman).map((human) => human.id)));
  return { ...step, branches };
}

function withChoice(step: Exclusive | Inclusive, passed: Passed, name: Naming): Step {
  const inside = step.kind === 'exclusive' ? passed : { humans: passed.humans, near: null };
  const branches = step.branches.map((each) => ({ ...each, steps: name(each.steps, inside) }));
  return { ...step, branches, ...(step.otherwise && { otherwise: { steps: name(step.otherwise.steps, inside) } }) };
}

/** The steps inside get their ids; what every way has passed behind it is noted. */
export function withBranches(step: Step, passed: Passed, name: Naming): Step {
  const { humans } = passed;
  switch (step.kind) {
    case 'subProcess':
      return withScope(step, passed, name);
    case 'forEach':
      return naming(step, name(step.steps, { humans, near: null }));
    case 'race': {
      const branches = step.branches.map((each) => ({ ...each, steps: name(each.steps, { humans, near: null }) }));
      return { ...step, branches };
    }
    case 'loop': {
      const until = humans[0] === undefined ? 'amount > 2' : step.until.replace('self', humans[0]);
      return { ...step, until, steps: name(step.steps, passed) };
    }
    case 'parallel':
      return withTogether(step, passed, name);
    case 'exclusive':
    case 'inclusive':
      return withChoice(step, passed, name);
    default:
      return step;
  }
}
