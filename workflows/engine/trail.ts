/** What a completed human step leaves behind: its outcome on the trail, who did it, and how often. */
import { stepInfo, type Compiled } from './compile.ts';
import { isWithin, lastKey, partAt, placeKey, placeOfKey } from './items.ts';
import type { Run } from './run.ts';
import { timesOf, type Frame, type State, type TrailEntry } from './state.ts';
import { areConcurrent } from './tree.ts';
import type { PersonId, Place, StepId } from './types.ts';
import { must } from './unreachable.ts';

type Decided = Pick<TrailEntry, 'outcome' | 'task' | 'by' | 'approvers'>;

/** Puts a step's outcome on the trail; a detour's target keeps its place there. */
export function recordOutcome(
  run: Run,
  frame: Frame,
  decided: Decided | { skipped: string; approvers: PersonId[] },
): void {
  const { trail, rev } = run.state;
  const place = { step: must(frame.step, 'step of frame'), item: frame.item };
  const entry: TrailEntry =
    'skipped' in decided
      ? {
          ...place,
          outcome: decided.skipped,
          skipped: true,
          rev: rev + 1,
          task: null,
          by: null,
          approvers: decided.approvers,
        }
      : { ...place, ...pick(decided), skipped: false, rev: rev + 1 };
  const at = trail.findIndex(({ step, item }) => step === entry.step && item === entry.item);
  if (at >= 0) trail[at] = entry;
  else trail.push(entry);
}

function pick({ outcome, task, by, approvers }: Decided): Decided {
  return { outcome, task, by, approvers };
}

/** Remembers who completed a step; a due action is nobody and changes nothing. */
export function recordHandler(run: Run, { step, item }: Frame, by: PersonId | null): void {
  if (by === null || step === null) return;
  run.state.handlers[step] = by;
  run.state.handlers[placeKey(run.compiled, { step, item })] = by;
  run.state.previous = by;
}

/** Counts that a person or a due action decided a step, also when the decision sends the case back. */
export function countDecision({ state }: Run, step: StepId): void {
  state.times[step] = (timesOf(state, [step])[step] ?? 0) + 1;
}

/**
 * Forgets a step and what came after it in the document, in its round and item: it is to be done again. What stands in branches beside it
 * is not after it, rounds before are over, and other items are for themselves.
 */
export function cutTrail({ compiled, state }: Run, target: Place): void {
  state.trail = state.trail.filter((entry) => !isCrossed(compiled, entry, target));
  keepForgotten(state, (entry) => !isCrossed(compiled, entry, target));
}

/** Whether going back to a place goes back over what was done elsewhere: it is that step or stands after it, in the same rounds and items. */
export function isCrossed(compiled: Compiled, done: Place, target: Place): boolean {
  const isAfter = stepInfo(compiled, done.step).order >= stepInfo(compiled, target.step).order;
  return isAfter && !areConcurrent(compiled, done.step, target.step) && partAt(compiled, done, target) === undefined;
}

/** Whether two may be at work at the same time: in branches beside each other, or in items of a forEach that has all at once. */
export function areApart(compiled: Compiled, one: Place, other: Place): boolean {
  if (areConcurrent(compiled, one.step, other.step)) return true;
  const owner = partAt(compiled, one, other)?.owner;
  return owner?.kind === 'forEach' && owner.mode !== 'sequential';
}

// ------------------------------------------------------------------------------------------------ items

/** So many items that are done may be opened again: what is kept of them does not grow with the list. */
const KEPT = { outermost: 100, inner: 10 };

/** Counts an item that is done, with the outcome it came to. */
export function countItem(run: Run, frame: Frame, scope: Frame): void {
  const each = must(frame.each, 'items of forEach');
  const item = must(scope.item, 'item of scope');
  const outcome = run.ended.get(scope.id) ?? outcomeOf(run.state.trail, item);
  each.done += 1;
  each.results[outcome] = (Object.hasOwn(each.results, outcome) ? (each.results[outcome] ?? 0) : 0) + 1;
  each.kept.push({ key: lastKey(item), outcome });
  const most = frame.item === null ? KEPT.outermost : KEPT.inner;
  const oldest = each.kept.length > most ? each.kept.shift() : undefined;
  if (!oldest) return;
  const gone = item.slice(0, item.length - lastKey(item).length) + oldest.key;
  noteForgotten(run.state, gone, frame.item);
  forgetItem(run, gone);
}

/** Counts each human step of an item that is about to be forgotten, so that whoever sends work back is told that there were more. */
function noteForgotten(state: State, gone: string, outer: string | null): void {
  const { trail, forgotten = [] } = state;
  const done = trail.flatMap(({ step, item, skipped }) => (skipped || item === null ? [] : [{ step, item, count: 1 }]));
  for (const { step, item, count } of [...done, ...forgotten].filter(({ item }) => isWithin(item, gone))) {
    const known = forgotten.find((each) => each.step === step && each.outer === outer);
    if (known) known.count += count;
    else forgotten.push({ step, item, outer, count });
  }
  if (forgotten.length > 0) state.forgotten = forgotten;
}

type Forgotten = NonNullable<State['forgotten']>[number];

function keepForgotten(state: State, isKept: (entry: Forgotten) => boolean): void {
  if (state.forgotten) state.forgotten = state.forgotten.filter(isKept);
}

/** Of the human step in it that was decided last. */
function outcomeOf(trail: readonly TrailEntry[], item: string): string {
  let last: TrailEntry | undefined;
  for (const entry of trail) if (isWithin(entry.item, item) && (!last || entry.rev >= last.rev)) last = entry;
  return last?.outcome ?? 'done';
}

/** What is kept of an item beyond its count. */
export function forgetItem({ state }: Run, item: string): void {
  const isElsewhere = (key: string): boolean => !isWithin(placeOfKey(key).item, item);
  state.trail = state.trail.filter((entry) => !isWithin(entry.item, item));
  keepForgotten(state, ({ outer }) => outer === null || !isWithin(outer, item));
  state.ran = state.ran.filter(isElsewhere);
  state.handlers = Object.fromEntries(Object.entries(state.handlers).filter(([key]) => isElsewhere(key)));
}

/** An item that was done is at work again, and no longer counts; false: what it came to is not kept. */
export function uncountItem(frame: Frame, key: string): boolean {
  const each = must(frame.each, 'items of forEach');
  const found = each.kept.find((kept) => kept.key === key);
  if (!found) return false;
  each.kept = each.kept.filter((kept) => kept !== found);
  each.done -= 1;
  each.results[found.outcome] = (each.results[found.outcome] ?? 1) - 1;
  return true;
}
