/**
 * Putting work at a place in the tree, in the shape a case would have there had it come by itself: what runs already is kept, scopes that are
 * missing begin, and of branches that run together those that nobody put anything in count as done (protocol.md rule 21).
 */
import { sequenceOf, stepInfo } from './compile.ts';
import type { ForEach, Step } from './flow.gen.ts';
import { atWork } from './handlers.ts';
import { readItems } from './item-list.ts';
import { joinItem } from './items.ts';
import { newFrame, type Run } from './run.ts';
import type { BranchKey, Each, Frame } from './state.ts';
import { reopenBranch } from './steps/branches.ts';
import { uncountItem } from './trail.ts';
import { isHuman, partsOf, runsTogether } from './tree.ts';
import type { StepId } from './types.ts';
import { must } from './unreachable.ts';
import { openFrame } from './waits.ts';

/** Why there is no place for it: a sequence is at one step at a time, and a list has the items that it has. */
export interface Taken {
  takenBy: StepId | null;
}

/** In which round of a loop, or item of a forEach, around it. */
export type Rounds = (owner: StepId) => string;

/** Items that were at work before a case moved to another version: its frame, for what waits on it, and the list as it was read. */
export interface KeptItems {
  id: number;
  each: Each;
}
type Kept = (owner: StepId) => KeptItems | undefined;

interface Reach {
  kept?: Kept;
  /** The running branch of a handler that the step stands in, by its depth on the path; undefined: from the root. */
  from?: { scope: Frame; depth: number } | undefined;
}

/** The scope in whose sequence the step stands, at that step and empty; or what is there instead. Changes the tree up to there. */
export function reachScope(run: Run, to: StepId, rounds: Rounds, reach: Reach = {}): Frame | Taken {
  const { kept = () => undefined, from = { scope: must(run.state.root, 'root scope'), depth: 0 } } = reach;
  const path = stepInfo(run.compiled, to).path.slice(from.depth);
  let { scope } = from;
  for (const [depth, { index }] of path.entries()) {
    const next = path[depth + 1];
    if (!next) return standAt(scope, index);
    const found = descend(run, scope, { index, branch: next.branch, rounds, kept });
    if ('takenBy' in found) return found;
    scope = found;
  }
  throw new Error(`${to} has no place`);
}

function standAt(scope: Frame, index: number): Frame | Taken {
  const current = atWork(scope);
  if (current) return { takenBy: current.step };
  scope.at = index;
  return scope;
}

/** Into the branch of a step in a scope. */
function descend(run: Run, scope: Frame, way: Omit<Inner, 'step'> & { index: number }): Frame | Taken {
  const step = must(sequenceOf(run.compiled, scope.step, scope.branch)[way.index], 'step on path');
  const current = atWork(scope);
  if (current && (current.step !== step.id || isHuman(step))) return { takenBy: current.step };
  const inner = current ? innerOf(run, current, { step, ...way }) : beginInner(run, scope, { step, ...way });
  return inner ?? { takenBy: step.id };
}

interface Inner {
  step: Step;
  branch: BranchKey;
  rounds: Rounds;
  kept: Kept;
}

/** The scope of a running step; one of its branches or items that is done is open again. */
function innerOf(run: Run, frame: Frame, inner: Inner): Frame | undefined {
  const { step, branch, rounds, kept } = inner;
  if (step.kind === 'forEach')
    return itemOf(run, frame, { step, branch, key: rounds(step.id), isKept: kept(step.id) !== undefined });
  const running = frame.children.find((scope) => scope.branch === branch);
  if (running) return step.kind === 'loop' && frame.at !== Number(rounds(step.id)) ? undefined : running;
  // One that has not opened yet, or stopped before it did, has no branches.
  if (!runsTogether(step) || frame.children.length + frame.arrived.length === 0) return undefined;
  return reopenBranch(run, frame, branch);
}

interface Item {
  step: ForEach;
  branch: BranchKey;
  key: string;
  /** At work before, so that it counts as that still. */
  isKept: boolean;
}

/** The scope of an item that is at work, was done, or was taken away. What is still to come has its turn; one after another, one is at work. */
function itemOf(run: Run, frame: Frame, { step, branch, key, isKept }: Item): Frame | undefined {
  const { each } = frame;
  const item = joinItem(frame.item, key);
  const running = frame.children.find((scope) => scope.item === item);
  if (running || !each) return running;
  if (step.mode === 'sequential' && frame.children.length > 0) return undefined;
  if (isKept) return addItem(run, frame, { step, branch, item });
  if (each.gone.includes(key)) {
    each.gone = each.gone.filter((gone) => gone !== key);
    each.total += 1;
  } else if (each.kept.some((kept) => kept.key === key)) uncountItem(frame, key);
  else return undefined;
  return addItem(run, frame, { step, branch, item });
}

function addItem(
  run: Run,
  frame: Frame,
  { step, branch, item }: { step: Step; branch: BranchKey; item: string },
): Frame {
  const scope = newFrame(run, { step: step.id, branch, item });
  frame.children.push(scope);
  return scope;
}

/** Undefined: the list has no such item. */
function beginInner(
  run: Run,
  scope: Frame,
  { step, index, branch, rounds, kept }: Inner & { index: number },
): Frame | undefined {
  scope.at = index;
  const before = kept(step.id);
  const frame = openFrame(run, { step: step.id, item: scope.item, ...before });
  scope.children.push(frame);
  let { item } = frame;
  if (step.kind === 'forEach') {
    if (!before && !beginItems(run, frame, step, rounds(step.id))) return undefined;
    item = joinItem(item, rounds(step.id));
  } else if (step.kind === 'loop') {
    frame.at = Number(rounds(step.id));
    item = joinItem(item, rounds(step.id));
  } else if (runsTogether(step)) {
    frame.arrived = partsOf(step).branches.flatMap(({ key }) => (key === branch ? [] : [key]));
  }
  const inner = newFrame(run, { step: step.id, branch, item });
  frame.children = [inner];
  return inner;
}

/** Of the items that nobody put anything in all count as done. */
function beginItems(run: Run, frame: Frame, step: ForEach, key: string): boolean {
  const read = readItems(run, frame, step);
  if (!read.ok || !read.each.keys.includes(key)) return false;
  const { keys } = read.each;
  frame.each = { ...read.each, next: keys.length, done: keys.length - 1 };
  return true;
}
