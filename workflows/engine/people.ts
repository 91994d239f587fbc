/**
 * Who gets a step: pool, field, initiator and previous are decided here from the state; the other rules read the organisation,
 * so they become a `resolve` effect whose answer comes back as an event (rule 17). Policies are applied to both alike.
 */
import type { Assign, People } from './flow.gen.ts';
import { isRow, itemLocals, placeKey } from './items.ts';
import { nextId, startEffect, type Run } from './run.ts';
import type { Frame, Holder, PeoplePurpose, State } from './state.ts';
import type { Explanation, Json, PersonId, ResolvedPeople, StepId } from './types.ts';
import { must, unreachable } from './unreachable.ts';

/** What a rule came to: persons in order, or a pool. */
export type Answer = ResolvedPeople | { pool: string; explanation: Explanation };
/** After policies: holders, never an empty list. */
export type Holders = Holder[] | 'skip' | 'incident';

const DEFAULT_EMPTY = { role: 'manager' };

type DecidedHere = Extract<Assign, { rule: 'pool' | 'field' | 'initiator' | 'previous' }>;

function isDecidedHere(assign: Assign): assign is DecidedHere {
  return ['pool', 'field', 'initiator', 'previous'].includes(assign.rule);
}

/** Decides a rule from the state; null: somebody outside must resolve it. */
function decidePeople(run: Run, frame: Frame, assign: Assign): Answer | null {
  return isDecidedHere(assign) ? decideHere(run, frame, assign) : null;
}

function decideHere(run: Run, frame: Frame, assign: DecidedHere): Answer {
  const { state } = run;
  switch (assign.rule) {
    case 'pool':
      return { pool: assign.role, explanation: { rule: assign.rule, inputs: { role: assign.role } } };
    case 'field':
      return answer(assign.rule, { field: assign.field }, personsIn(fieldAt(run, frame, assign.field)));
    case 'initiator':
      return answer(assign.rule, {}, personsIn(state.initiator));
    case 'previous':
      return answer(assign.rule, { step: assign.step ?? null }, personsIn(previousOf(run, frame, assign.step)));
    default:
      return unreachable(assign);
  }
}

/** Who completed the given step last, or the last human step of all. */
function previousOf(run: Run, frame: Frame, step: string | undefined): PersonId | null {
  return step === undefined ? run.state.previous : handlerOf(run, frame, step);
}

/** Inside a forEach of the item there; from elsewhere of whichever was last. A step may be named like something that every object has. */
function handlerOf({ compiled, state: { handlers } }: Run, frame: Frame, step: StepId): PersonId | null {
  const key = placeKey(compiled, { step, item: frame.item });
  return (
    [key, step].map((each) => (Object.hasOwn(handlers, each) ? (handlers[each] ?? null) : null)).find(Boolean) ?? null
  );
}

/** A person field, or of an item itself or one of its columns. */
function fieldAt({ compiled, state }: Run, { step, item }: Frame, field: string): Json | undefined {
  const [name = '', column] = field.split('.');
  const locals = step === null ? {} : itemLocals(compiled, state, { step, item }, [name]);
  const local = locals[name];
  if (local === undefined) return state.vars[field];
  if (column === undefined) return local.value;
  return isRow(local.value) ? local.value[column] : null;
}

function answer(rule: Assign['rule'], inputs: Explanation['inputs'], persons: PersonId[]): ResolvedPeople {
  return { persons, explanation: { rule, inputs } };
}

/** A person field holds one id, or a list of them. */
function personsIn(value: unknown): PersonId[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((person): person is PersonId => typeof person === 'string' && person !== '');
}

/** Asks for people: their holders at once where the engine can decide, otherwise undefined and an effect in flight. */
export function askPeople(run: Run, frame: Frame, people: People, purpose: PeoplePurpose): Holders | undefined {
  const decided = decidePeople(run, frame, people.assign);
  if (decided) return applyPolicies(run.state, people, decided);
  const { assign } = people;
  const step = must(frame.step, 'step of frame');
  const { previous } = run.state;
  startEffect(run, { type: 'resolve', id: nextId(run), frame: frame.id, step, assign, people, previous, purpose });
  return undefined;
}

/** Turns an answer into holders: empty and initiator policies, nobody twice. */
export function applyPolicies(state: State, people: People, given: Answer): Holders {
  if ('pool' in given) return [{ assignee: null, pool: given.pool, explanation: given.explanation }];
  const { initiator } = state;
  const distinct = [...new Set(given.persons)];
  const persons = people.whenInitiator === 'skip' ? distinct.filter((person) => person !== initiator) : distinct;
  if (persons.length > 0) {
    return persons.map((assignee) => ({ assignee, pool: null, explanation: given.explanation }));
  }
  if (distinct.length > 0) return 'skip';
  const policy = people.whenEmpty ?? DEFAULT_EMPTY;
  if (policy === 'skip' || policy === 'incident') return policy;
  return [{ assignee: null, pool: policy.role, explanation: { ...given.explanation, policy: 'whenEmpty' } }];
}

/** Returned work goes to whoever did it before. */
export function previousHandler(run: Run, frame: Frame, rule: Assign['rule']): Holder | null {
  const person = frame.returned && frame.step !== null ? handlerOf(run, frame, frame.step) : null;
  if (person === null) return null;
  return { assignee: person, pool: null, explanation: { rule, inputs: {}, policy: 'returned' } };
}
