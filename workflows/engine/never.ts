/**
 * Who never handles a step: the one place that says so, for every path that could bring somebody a task. The flow's own rule and the
 * step's are taken together, with the values of now.
 */
import { stepInfo, type Compiled } from './compile.ts';
import type { Never, People } from './flow.gen.ts';
import { fieldAt, handledBy } from './item-people.ts';
import type { Holder, State } from './state.ts';
import { partsOf } from './tree.ts';
import type { PersonId, Place, StepId } from './types.ts';

/** Role of the pool that opens when there is nobody and the step says nothing else. */
export const DEFAULT_EMPTY = { role: 'manager' };

type Rule = Never[number];

/** The barred of a step; `own`: of one more people rule of it, as of a due action. */
export function neverOf(compiled: Compiled, state: State, place: Place, own?: People): PersonId[] {
  const [people] = partsOf(stepInfo(compiled, place.step).step).people;
  const rules = [...(compiled.flow.never ?? []), ...(people?.people.never ?? []), ...(own?.never ?? [])];
  return rules.length === 0 ? [] : [...new Set(rules.flatMap((rule) => personsOf(compiled, state, place, rule)))];
}

function personsOf(compiled: Compiled, state: State, place: Place, rule: Rule): PersonId[] {
  if (rule === 'initiator') return personsIn(state.initiator);
  if ('field' in rule) return personsIn(fieldAt(compiled, state, place, rule.field));
  return personsIn(handledBy(compiled, state, place, rule.step));
}

/** A person field holds one id, or a list of them. */
export function personsIn(value: unknown): PersonId[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((person): person is PersonId => typeof person === 'string' && person !== '');
}

/** Whoever may not hold the work does not get it: a pool does. */
export function barredToPool(compiled: Compiled, holder: Holder, never: readonly PersonId[], step: StepId): Holder {
  if (holder.assignee === null || !never.includes(holder.assignee)) return holder;
  const [people] = partsOf(stepInfo(compiled, step).step).people;
  const empty = people?.people.whenEmpty;
  const pool = typeof empty === 'object' ? empty.role : DEFAULT_EMPTY.role;
  const { rule, inputs } = holder.explanation;
  return { assignee: null, pool, explanation: { rule, inputs, policy: 'never' } };
}
