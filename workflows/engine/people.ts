/**
 * Who gets a step: pool, field, initiator and previous are decided here from the state; the other rules read the organisation,
 * so they become a `resolve` effect whose answer comes back as an event (rule 17). Policies are applied to both alike.
 */
import type { Assign, People } from './flow.gen.ts';
import { nextId, startEffect, type Run } from './run.ts';
import type { Frame, Holder, PeoplePurpose, State } from './state.ts';
import type { Explanation, PersonId, ResolvedPeople, StepId } from './types.ts';
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
function decidePeople(state: State, assign: Assign): Answer | null {
  return isDecidedHere(assign) ? decideHere(state, assign) : null;
}

function decideHere(state: State, assign: DecidedHere): Answer {
  switch (assign.rule) {
    case 'pool':
      return { pool: assign.role, explanation: { rule: assign.rule, inputs: { role: assign.role } } };
    case 'field':
      return answer(assign.rule, { field: assign.field }, personsIn(state.vars[assign.field]));
    case 'initiator':
      return answer(assign.rule, {}, personsIn(state.initiator));
    case 'previous':
      return answer(assign.rule, { step: assign.step ?? null }, personsIn(previousOf(state, assign.step)));
    default:
      return unreachable(assign);
  }
}

/** Who completed the given step last, or the last human step of all. */
function previousOf(state: State, step: string | undefined): PersonId | null {
  return step === undefined ? state.previous : handlerOf(state, step);
}

/** A step may be named like something that every object has. */
function handlerOf({ handlers }: State, step: StepId): PersonId | null {
  return Object.hasOwn(handlers, step) ? (handlers[step] ?? null) : null;
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
  const decided = decidePeople(run.state, people.assign);
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
export function previousHandler(state: State, frame: Frame, rule: Assign['rule']): Holder | null {
  const person = frame.returned && frame.step !== null ? handlerOf(state, frame.step) : null;
  if (person === null) return null;
  return { assignee: person, pool: null, explanation: { rule, inputs: {}, policy: 'returned' } };
}
