/**
 * The shape of the flow's tree, for every kind of step: which sequences it holds, which texts are engine expressions, which
 * rules find its people. The only place that knows where a kind keeps them; compile, check and return walk through here.
 */
import { catchingExpressions, handlersOn, isHandlerKey, isInstead, undoingOn } from './catching.ts';
import type {
  Action,
  Due,
  Exclusive,
  Flow,
  ForEach,
  Inclusive,
  Never,
  Handler,
  Parallel,
  People,
  Sequence,
  ServiceTask,
  Step,
  Wait,
} from './flow.gen.ts';
import { endActions } from './due.ts';
import { WALL_CALENDAR } from './reckoners.ts';
import type { BranchKey, State } from './state.ts';
import type { PersonId, StepId } from './types.ts';

export type HumanStep = Extract<Step, { kind: 'userTask' | 'approval' }>;

interface Branch {
  key: BranchKey;
  /** Where it stands in the step, for the designer. */
  property: string;
  steps: Sequence;
}

interface Expression {
  property: string;
  text: string;
  /** Names that it alone may read. */
  names?: readonly string[];
}

interface PeopleRule {
  property: string;
  people: People;
}

/** What a step holds. */
interface Parts {
  /** Its sequences, in document order. */
  branches: Branch[];
  /** Those of its handlers, which come after them. */
  handlers: Branch[];
  /** Engine expressions: those whose value decides where the case goes or when (rule 16). Mappings, titles and `prepare` are not. */
  expressions: Expression[];
  /** People rules, those of its end actions included. */
  people: PeopleRule[];
  /** How it is undone once it is done. */
  compensation: Compensation | null;
  /** Working calendars that it names. */
  calendars: { property: string; calendar: string }[];
}

/** An activity that undoes what the step's has done, or the branch of a handler, by its key. */
export type Compensation = NonNullable<ServiceTask['compensate']> | { branch: BranchKey };

/** Each kind with its step. */
export type StepByKind = { [S in Step as S['kind']]: S };

/** Exhaustive by its type: a kind that is missing here does not compile. */
const PARTS: { [K in keyof StepByKind]: (step: StepByKind[K]) => Partial<Parts> } = {
  userTask: partsOfHuman,
  approval: partsOfHuman,
  cc: ({ people }) => peopleParts([{ property: 'people', people }]),
  serviceTask: ({ compensate = null }) => ({ compensation: compensate }),
  exclusive: partsOfChoice,
  inclusive: partsOfChoice,
  parallel: ({ branches }) => ({ branches: branches.map(toBranch) }),
  loop: ({ steps, until }) => ({
    branches: [{ key: BODY, property: 'steps', steps }],
    expressions: [{ property: 'until', text: until }],
  }),
  forEach: ({ list, until, steps }) => ({
    branches: [{ key: BODY, property: 'steps', steps }],
    expressions: [
      { property: 'list', text: list },
      ...(until === undefined ? [] : [{ property: 'until', text: until, names: TALLY }]),
    ],
  }),
  timer: ({ at, calendar }) => ({
    expressions: at === undefined ? [] : [{ property: 'at', text: at }],
    calendars: namedCalendar('calendar', calendar),
  }),
  receive: ({ key }) => ({ expressions: [{ property: 'key', text: key }] }),
  race: ({ branches }) => ({
    branches: branches.map(toBranch),
    expressions: branches.flatMap(({ wait }, index) => catchingExpressions(wait, `branches.${index}.wait`)),
    calendars: branches.flatMap(({ wait }, index) => calendarOf(wait, `branches.${index}.wait`)),
  }),
  throw: (step) => ({ expressions: step.send === 'message' ? [{ property: 'key', text: step.key }] : [] }),
  // What it maps is mapped outside, against the records.
  callActivity: ({ flow }) => ({
    expressions: typeof flow === 'string' ? [] : [{ property: 'flow.expression', text: flow.expression }],
  }),
  subProcess: ({ steps }) => ({ branches: [{ key: BODY, property: 'steps', steps }] }),
  jump: () => ({}),
  end: () => ({}),
};

/** What the `until` of a forEach sees of its items. */
export const TALLY = ['done', 'total', 'results'];

/** Names the sequence of a loop or a forEach, and the root's. */
const BODY = 'body';

function partsOfChoice({ branches, otherwise }: Exclusive | Inclusive): Partial<Parts> {
  return {
    branches: [...branches.map(toBranch), { key: 'otherwise', property: 'otherwise.steps', steps: otherwise.steps }],
    expressions: branches.map(({ when }, index) => ({ property: `branches.${index}.when`, text: when })),
  };
}

function toBranch({ steps }: { steps: Sequence }, index: number): Branch {
  return { key: `branches.${index}`, property: `branches.${index}.steps`, steps };
}

function partsOfHuman({ people, due = {}, actions = [] }: HumanStep): Partial<Parts> {
  const rules = [{ property: 'people', people }];
  for (const { property, action } of endActions(due))
    if (action.do === 'transfer') rules.push({ property: `${property}.people`, people: action.people });
  const expressions: Expression[] = [...peopleParts(rules).expressions];
  for (const [index, { when }] of actions.entries())
    if (when !== undefined) expressions.push({ property: `actions.${index}.when`, text: when });
  if (due.at !== undefined) expressions.push({ property: 'due.at', text: due.at });
  return { people: rules, expressions, calendars: namedCalendar('due.calendar', due.calendar) };
}

function namedCalendar(property: string, calendar: string = WALL_CALENDAR): Parts['calendars'] {
  return calendar === WALL_CALENDAR ? [] : [{ property, calendar }];
}

function calendarOf(catching: Handler | Wait, property: string): Parts['calendars'] {
  return catching.catch === 'timer' ? namedCalendar(`${property}.calendar`, catching.calendar) : [];
}

/** People rules with the expressions in them. */
function peopleParts(people: PeopleRule[]): Pick<Parts, 'people' | 'expressions'> {
  const expressions = people.flatMap(({ property, people: { assign } }) =>
    assign.rule === 'expression' ? [{ property: `${property}.assign.expression`, text: assign.expression }] : [],
  );
  return { people, expressions };
}

export function partsOf(step: Step): Parts {
  const nothing = { branches: [], expressions: [], people: [], compensation: null, calendars: [] };
  const parts = { ...nothing, ...readerOf(step.kind)(step) };
  const { handlers, expressions, calendars } = partsOfHandlers(step);
  const compensation = undoingOn(step) ?? parts.compensation;
  return {
    ...parts,
    handlers,
    compensation,
    expressions: [...parts.expressions, ...expressions],
    calendars: [...parts.calendars, ...calendars],
  };
}

/** What is on a step, or on the flow as a whole. */
export function partsOfHandlers(owner: Step | Flow): Pick<Parts, 'handlers' | 'expressions' | 'calendars'> {
  const handlers = handlersOn(owner);
  return {
    handlers: handlers.map(({ key, handler }, index) => ({ key, property: `on.${index}.steps`, steps: handler.steps })),
    expressions: handlers.flatMap(({ handler }, index) => catchingExpressions(handler, `on.${index}`)),
    calendars: handlers.flatMap(({ handler }, index) => calendarOf(handler, `on.${index}`)),
  };
}

function readerOf<K extends keyof StepByKind>(kind: K): (step: StepByKind[K]) => Partial<Parts> {
  return PARTS[kind];
}

/** The due time of a human step. */
export function dueOfStep(step: Step | undefined): Due | undefined {
  return step && isHuman(step) ? step.due : undefined;
}

/** Working calendars that a flow names. */
export function calendarsOf(flow: Flow): Set<string> {
  const named = [partsOfHandlers(flow), ...[...walk(flow)].map(({ step }) => partsOf(step))];
  return new Set(named.flatMap(({ calendars }) => calendars.map(({ calendar }) => calendar)));
}

export function isHuman(step: Step): step is HumanStep {
  return step.kind === 'userTask' || step.kind === 'approval';
}

/** What an outcome does: its action, or the default actions of the kind. */
export interface Outcome {
  outcome: string;
  returnTo: Action['returnTo'];
}

/** The outcomes a person may choose in a step; the defaults when it names no actions. */
export function outcomesOfStep(step: HumanStep): Outcome[] {
  if (step.actions) return step.actions.map(({ outcome, returnTo }) => ({ outcome, returnTo }));
  const names = step.kind === 'approval' ? ['approved', 'rejected'] : ['done'];
  return names.map((outcome) => ({ outcome, returnTo: undefined }));
}

/** Outcomes with which what is inside a step may come to its end: of human steps, and of `end`. */
export function outcomesIn(step: Step): string[] {
  return partsOf(step)
    .branches.flatMap(({ steps }) => steps)
    .flatMap((inner) => {
      const own = isHuman(inner) ? outcomesOfStep(inner).map(({ outcome }) => outcome) : [];
      return [...own, ...(inner.kind === 'end' ? [inner.outcome] : []), ...outcomesIn(inner)];
    });
}

/** Fields whose people a rule names, or never lets handle the work; `<item>.<column>` where it is an item's. */
export function fieldsOfPeople({ assign, never = [] }: Pick<People, 'assign' | 'never'>): string[] {
  return [...(assign.rule === 'field' ? [assign.field] : []), ...fieldsOfNever(never)];
}

export function fieldsOfNever(never: Never): string[] {
  return never.flatMap((rule) => (typeof rule === 'object' && 'field' in rule ? [rule.field] : []));
}

/** The initiator's own work waits for them, unless the flow says otherwise. */
export function hasSubstitutes({ assign, whenAbsent }: People): boolean {
  return (whenAbsent ?? (assign.rule === 'initiator' ? 'keep' : 'substitute')) === 'substitute';
}

/** Who completed a step last; a step may be named like something that every object has. */
export function whoHandled({ handlers }: Pick<State, 'handlers'>, step: StepId): PersonId | null {
  return Object.hasOwn(handlers, step) ? (handlers[step] ?? null) : null;
}

/** The forEach steps around a place, outermost first: what items expressions there see. */
export function itemsAround({ steps }: { steps: StepsById }, path: readonly Place[]): ForEach[] {
  return path.flatMap(({ owner, branch }) => {
    // What is on a forEach sees no item of it.
    const step = owner === null || isHandlerKey(branch) ? undefined : steps.get(owner)?.step;
    return step?.kind === 'forEach' ? [step] : [];
  });
}

/** Where a step stands: each entry is one sequence from the root down, the last holds the step itself. */
interface Place {
  owner: StepId | null;
  branch: BranchKey;
  index: number;
}

export interface Visit {
  step: Step;
  path: Place[];
  /** JSON path of the step in the definition. */
  property: string;
}

/** A step by its id. */
export interface StepInfo {
  step: Step;
  /** Position in document order, from 0. */
  order: number;
  path: readonly Place[];
}
export type StepsById = ReadonlyMap<StepId, StepInfo>;

/**
 * Whether a return from one step may name another: an earlier human step that every way to the first has passed, so that returning
 * never enters a branch that was not taken. `any`: a person who returns says which item of a forEach behind them they mean; a flow cannot.
 */
export function isReachableBackwards(
  { steps }: { steps: StepsById },
  from: StepId,
  to: StepId,
  whichItem: 'own' | 'any' = 'own',
): boolean {
  const [source, target] = [steps.get(from), steps.get(to)];
  if (!source || !target || !isHuman(target.step) || target.order >= source.order) return false;
  const { at, isBeside } = fork(target.path, source.path);
  // Into a parallel that is over, of which every branch was done (rule 21), or a sub-process, whose steps were, or into an item that was.
  const isDone = (place: Place): boolean => {
    const owner = ownerIn(steps, place);
    const isOver =
      joinsAll(owner) || owner?.kind === 'subProcess' || (whichItem === 'any' && owner?.kind === 'forEach');
    return !isHandlerKey(place.branch) && isOver;
  };
  const isOver = source.path.slice(at).some((place) => catchesCancel(steps, place));
  return !isBeside && !isOver && target.path.slice(at).every(isDone);
}

function ownerIn(steps: StepsById, { owner }: Place): Step | undefined {
  return owner === null ? undefined : steps.get(owner)?.step;
}

/** A cancelled case goes back nowhere. */
function catchesCancel(steps: StepsById, place: Place): boolean {
  const owner = ownerIn(steps, place);
  return (
    owner !== undefined && handlersOn(owner).some((on) => on.key === place.branch && on.handler.catch === 'cancel')
  );
}

function joinsAll(step: Step | undefined): step is Parallel {
  return step?.kind === 'parallel' && (step.join ?? 'all') === 'all';
}

/** Where two paths part: `isBeside` in branches of one step, else one goes deeper or past the other. */
function fork(a: readonly Place[], b: readonly Place[]): { at: number; isBeside: boolean } {
  const same = a.findIndex(({ owner, branch }, depth) => owner !== b[depth]?.owner || branch !== b[depth].branch);
  const at = same < 0 ? a.length : same;
  return { at, isBeside: a[at] !== undefined && a[at].owner === b[at]?.owner };
}

/**
 * Whether two steps may be at work at the same time: they stand in different branches of one step whose branches run together, or one
 * in a handler's branch that runs beside the other.
 */
export function areConcurrent({ steps }: { steps: StepsById }, one: StepId, other: StepId): boolean {
  const [a, b] = [steps.get(one)?.path ?? [], steps.get(other)?.path ?? []];
  const { at, isBeside } = fork(a, b);
  if (!isBeside) return outlives(a, b) || outlives(b, a);
  const here = [a, b].flatMap((path) => path[at] ?? []);
  if (here.some(({ branch }) => isHandlerKey(branch))) return !here.some(({ branch }) => isInstead(branch));
  return here.some((place) => runsTogether(ownerIn(steps, place)));
}

/** Whether one stands in a branch that runs beside a step, and may still run when the case has come to the other. */
function outlives(a: readonly Place[], b: readonly Place[]): boolean {
  return a.some(({ branch }, depth) => {
    const [on, other] = [a[depth - 1], b[depth - 1]];
    if (!isHandlerKey(branch) || isInstead(branch) || !on || !other) return false;
    return on.owner === other.owner && on.branch === other.branch && other.index > on.index;
  });
}

/** Whether its branches, or its items, run each for itself until all are done: one ends without the others, and nothing jumps out of it. */
export function runsTogether(step: Step | undefined): boolean {
  return step?.kind === 'parallel' || step?.kind === 'inclusive' || step?.kind === 'forEach';
}

/** Branches that must be done for a parallel to go on. */
export function neededOf({ join = 'all', branches }: Parallel): number {
  if (join === 'all') return branches.length;
  return join === 'any' ? 1 : join;
}

/** Whether it does its steps several times, in rounds or for items, each with a name of its own (`Frame.item`). */
export function repeats(step: Step | undefined): boolean {
  return step?.kind === 'loop' || step?.kind === 'forEach';
}

export const ROOT = BODY;

/** Every step in document order, those of the flow's handlers last. */
export function* walk(flow: Flow): Generator<Visit> {
  yield* walkSequence(flow.steps, [], { owner: null, branch: ROOT, property: 'steps' });
  for (const { key, property, steps } of partsOfHandlers(flow).handlers)
    yield* walkSequence(steps, [], { owner: null, branch: key, property });
}

/** Every step by its id. */
export function stepsOf(flow: Flow): StepsById {
  const steps = new Map<StepId, StepInfo>();
  for (const { step, path } of walk(flow)) steps.set(step.id, { step, order: steps.size, path });
  return steps;
}

interface Inside {
  owner: StepId | null;
  branch: BranchKey;
  property: string;
}

function* walkSequence(steps: Sequence, above: Place[], inside: Inside): Generator<Visit> {
  for (const [index, step] of steps.entries()) {
    const path = [...above, { owner: inside.owner, branch: inside.branch, index }];
    const property = `${inside.property}.${index}`;
    yield { step, path, property };
    const { branches, handlers } = partsOf(step);
    for (const branch of [...branches, ...handlers]) {
      const within = { owner: step.id, branch: branch.key, property: `${property}.${branch.property}` };
      yield* walkSequence(branch.steps, path, within);
    }
  }
}
