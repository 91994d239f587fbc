/**
 * Items of a case that moves to another version (protocol.md rule 23): each stays the item that it is, in the forEach of the same id or the one
 * that the mapping names. What is at work in it goes on inside that; items still to come begin by the new version.
 */
import { isHandlerKey } from './catching.ts';
import type { Compiled } from './compile.ts';
import type { ForEach } from './flow.gen.ts';
import { lastKey, placeOfKey, roundsAround } from './items.ts';
import type { KeptItems } from './place.ts';
import { pathTo, type Frame, type State } from './state.ts';
import { repeats } from './tree.ts';
import type { Place, StepId } from './types.ts';

type Renaming = (step: StepId) => StepId;

/** In which rounds and items something at work is, by the loops and forEach steps of the new version; and the lists of the latter. */
export interface Standing {
  rounds: ReadonlyMap<StepId, string>;
  kept: ReadonlyMap<StepId, KeptItems>;
}

export function standingOf({ steps }: Compiled, state: State, token: Frame, to: Renaming): Standing {
  const rounds = new Map<StepId, string>();
  const kept = new Map<StepId, KeptItems>();
  const path = pathTo(state, token.id);
  for (const [depth, { id, step, branch, at, each }] of path.entries()) {
    const inner = path[depth + 1];
    if (step === null || branch !== null || !inner || !repeats(steps.get(step)?.step)) continue;
    rounds.set(to(step), each ? lastKey(inner.item) : String(at));
    if (each) kept.set(to(step), { id, each });
  }
  return { rounds, kept };
}

/** Why what is at work in a step cannot stay in its items; null: it can. */
export function whyNotInItems(old: Compiled, target: Compiled, from: StepId, to: Renaming): WhyNot | null {
  const before = forEachAround(old, from);
  const after = forEachAround(target, to(from));
  if (before.map(({ id }) => to(id)).join() !== after.map(({ id }) => id).join())
    return { reason: 'not_in_item', step: from };
  const pairs = [...before, ...selfIfForEach(old, from)].map((step) => [step, forEachIn(target, to(step.id))] as const);
  for (const [one, other] of pairs) {
    if (!other) return { reason: 'not_in_item', step: from };
    if (one.mode !== other.mode) return { reason: 'mode_changed', step: one.id };
    if (listOf(old, one) !== listOf(target, other)) return { reason: 'list_changed', step: one.id };
  }
  return null;
}

interface WhyNot {
  reason: 'not_in_item' | 'mode_changed' | 'list_changed';
  step: StepId;
}

function forEachAround({ steps }: Compiled, id: StepId): ForEach[] {
  return (steps.get(id)?.path ?? []).flatMap(({ owner, branch }) => {
    const step = owner === null || isHandlerKey(branch) ? undefined : steps.get(owner)?.step;
    return step?.kind === 'forEach' ? [step] : [];
  });
}

function selfIfForEach(compiled: Compiled, id: StepId): ForEach[] {
  const step = forEachIn(compiled, id);
  return step ? [step] : [];
}

function forEachIn({ steps }: Compiled, id: StepId): ForEach | undefined {
  const step = steps.get(id)?.step;
  return step?.kind === 'forEach' ? step : undefined;
}

/** Rows are looked up in the fields that a list comes from; how it is reckoned matters only when it is read. */
function listOf({ sources }: Compiled, { id, list }: ForEach): string {
  const fields = sources.get(id) ?? [];
  return fields.length === 0 ? list : [...fields].sort().join();
}

/** Whether what happened somewhere is still told by its rounds and items: the new version has as many around the step. */
export function isPlace(compiled: Compiled, { step, item }: Place): boolean {
  if (!compiled.steps.has(step)) return false;
  return roundsAround(compiled, { step, item }).length === (item === null ? 0 : item.split('/').length);
}

/** What is kept for steps, and for steps in items. */
export function renamedKey(key: string, to: Renaming): string {
  const { step, item } = placeOfKey(key);
  return item === null ? to(step) : `${to(step)}@${item}`;
}
