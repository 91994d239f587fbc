/**
 * Who gets a step: pool, initiator, field, previous, choices and expressions are decided here from the state; the other rules read the
 * organisation, so they become a `resolve` effect whose answer comes back as an event (rule 17). People that the engine names are looked
 * up there too, so that nobody absent gets work. Policies are applied to all alike.
 */
import type { Compiled } from './compile.ts';
import { stringsOf } from './conditions.ts';
import type { Assign, People } from './flow.gen.ts';
import { fieldAt, handledBy } from './item-people.ts';
import { DEFAULT_EMPTY, neverOf, personsIn } from './never.ts';
import { nextId, openIncident, startEffect, type Run } from './run.ts';
import type { Frame, Holder, PeoplePurpose, State } from './state.ts';
import { hasSubstitutes } from './tree.ts';
import type { Explanation, PersonId, Place, ResolvedPeople } from './types.ts';
import { must, unreachable } from './unreachable.ts';

/** What a rule came to: persons in order, or a pool. */
export type Answer = ResolvedPeople | { pool: string; explanation: Explanation };
/** After policies: holders, never an empty list. */
export type Holders = Holder[] | 'skip' | 'incident';

const HERE = ['pool', 'field', 'initiator', 'previous', 'initiatorsChoice', 'previousHandlersChoice'] as const;
type DecidedHere = Extract<Assign, { rule: (typeof HERE)[number] }>;

function isDecidedHere(assign: Assign): assign is DecidedHere {
  return (HERE as readonly string[]).includes(assign.rule);
}

function decideHere({ compiled, state }: Run, assign: DecidedHere, place: Place): Answer {
  switch (assign.rule) {
    case 'pool':
      return { pool: assign.role, explanation: { rule: assign.rule, inputs: { role: assign.role } } };
    case 'field':
      return answer(assign.rule, { field: assign.field }, personsIn(fieldAt(compiled, state, place, assign.field)));
    case 'initiator':
      return answer(assign.rule, {}, personsIn(state.initiator));
    case 'previous':
      return decidePrevious(compiled, state, assign, place);
    case 'initiatorsChoice':
    case 'previousHandlersChoice':
      return answer(assign.rule, {}, chosenFor(state, place.step));
    default:
      return unreachable(assign);
  }
}

/** Who completed the given step last, or the last human step of all. */
function decidePrevious(
  compiled: Compiled,
  state: State,
  { rule, step }: Extract<Assign, { rule: 'previous' }>,
  place: Place,
): ResolvedPeople {
  const who = step === undefined ? state.previous : handledBy(compiled, state, place, step);
  return answer(rule, { step: step ?? null }, personsIn(who));
}

function chosenFor({ choices }: State, step: string): PersonId[] {
  return Object.hasOwn(choices, step) ? (choices[step] ?? []) : [];
}

function answer(rule: Assign['rule'], inputs: Explanation['inputs'], persons: PersonId[]): ResolvedPeople {
  return { persons, explanation: { rule, inputs } };
}

/** Asks for people: their holders at once where the engine can decide, otherwise undefined and an effect in flight. */
export function askPeople(run: Run, frame: Frame, people: People, purpose: PeoplePurpose): Holders | undefined {
  const { assign } = people;
  const step = must(frame.step, 'step of frame');
  if (assign.rule === 'expression') {
    const named = stringsOf(run, frame, assign.expression);
    if (named.ok) look(run, frame, { people, purpose, given: named.value });
    else openIncident(run, frame, { code: named.code, detail: named.detail, resume: resumeOf(purpose) });
    return undefined;
  }
  const decided = isDecidedHere(assign) ? decideHere(run, assign, { step, item: frame.item }) : null;
  if (decided === null) look(run, frame, { people, purpose, given: null });
  else if ('pool' in decided || !mustConfirm(run.state, people, decided.persons))
    return applyPolicies(run, { step, item: frame.item }, people, decided);
  else look(run, frame, { people, purpose, given: decided.persons });
  return undefined;
}

export function resumeOf(purpose: PeoplePurpose) {
  return purpose.for === 'step'
    ? { do: 'open' as const }
    : { do: 'transfer' as const, task: purpose.task, action: purpose.action };
}

interface Looking {
  people: People;
  purpose: PeoplePurpose;
  given: string[] | null;
}

/** One look at the organisation. */
export function look(run: Run, frame: Frame, { people, purpose, given }: Looking): void {
  const step = must(frame.step, 'step of frame');
  const { previous } = run.state;
  const never = neverOf(run.compiled, run.state, { step, item: frame.item }, people);
  const asked = { assign: people.assign, people, previous, given, never, purpose };
  startEffect(run, { type: 'resolve', id: nextId(run), frame: frame.id, step, ...asked });
}

/** Whether people that the engine named must be looked up before they get work. */
export function mustConfirm(state: State, people: People, persons: readonly PersonId[]): boolean {
  if (persons.length === 0) return false;
  if (people.whenInitiator === 'head' && persons.some((person) => person === state.initiator)) return true;
  return state.confirmsPeople && hasSubstitutes(people);
}

/** Turns an answer into holders: never, empty and initiator policies, nobody twice. */
export function applyPolicies(run: Run, place: Place, people: People, given: Answer): Holders {
  if ('pool' in given) return [{ assignee: null, pool: given.pool, explanation: given.explanation }];
  const { initiator } = run.state;
  const never = neverOf(run.compiled, run.state, place, people);
  const distinct = [...new Set(given.persons)];
  const barred = distinct.filter((person) => never.includes(person));
  const allowed = distinct.filter((person) => !never.includes(person));
  const persons = people.whenInitiator === 'skip' ? allowed.filter((person) => person !== initiator) : allowed;
  const explanation = explained(given.explanation, [
    { policy: 'never', persons: barred },
    { policy: 'whenInitiator', persons: allowed.filter((person) => !persons.includes(person)) },
  ]);
  tellOfAbsent(run, place.step, explanation, persons);
  if (persons.length > 0) return persons.map((assignee) => holderOf(assignee, explanation));
  if (allowed.length > 0) return 'skip';
  const policy = people.whenEmpty ?? DEFAULT_EMPTY;
  if (policy === 'skip' || policy === 'incident') return policy;
  return [{ assignee: null, pool: policy.role, explanation: { ...explanation, policy: 'whenEmpty' } }];
}

/** With what applied to somebody. */
function explained(explanation: Explanation, applied: NonNullable<Explanation['policies']>): Explanation {
  const policies = [...(explanation.policies ?? []), ...applied.filter(({ persons }) => persons.length > 0)];
  return policies.length === 0 ? explanation : { ...explanation, policies };
}

function holderOf(assignee: PersonId, explanation: Explanation): Holder {
  const instead = explanation.substitutions?.find(({ to }) => to === assignee);
  return { assignee, pool: null, explanation: instead ? { ...explanation, for: instead.for } : explanation };
}

/** Nobody absent is passed over in silence. */
function tellOfAbsent(run: Run, step: string, { absent = [] }: Explanation, persons: readonly PersonId[]): void {
  const left = absent.filter((person) => !persons.includes(person));
  if (left.length > 0) run.notices.push({ kind: 'absent', step, task: null, to: DEFAULT_EMPTY });
}

/** Returned work goes to whoever did it before. */
export function previousHandler({ compiled, state }: Run, { step, item, returned }: Frame): PersonId | null {
  return returned && step !== null ? handledBy(compiled, state, { step, item }, step) : null;
}
