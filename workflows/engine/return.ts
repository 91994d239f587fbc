/**
 * Going back: to which steps a person may return, and how. Redo closes everything that does not contain the target and goes on
 * from there; straight back is a detour, whose target opens beside the position and reopens it afterwards (rule 21).
 */
import { isHandlerKey } from './catching.ts';
import { sequenceOf, stepInfo, type Compiled } from './compile.ts';
import { takeCrossed, undo } from './compensation.ts';
import type { ForEach, Step } from './flow.gen.ts';
import { closeBeside, isBeside, isScope, scopeAround } from './handlers.ts';
import { reopenedItems } from './item-list.ts';
import { isWithin, joinItem, lastKey, partAt, roundsAround, roundsOf, sourcesOf } from './items.ts';
import { closeUnder, finishTask, newFrame, type Run } from './run.ts';
import { findFrame, framesUnder, type BranchKey, type Frame, type State, type Task, type Undoable } from './state.ts';
import { reopenBranch } from './steps/branches.ts';
import { areApart, cutTrail, forgetItem, uncountItem } from './trail.ts';
import { areConcurrent, isReachableBackwards, partsOf, runsTogether } from './tree.ts';
import type { PersonId, Place, StepId } from './types.ts';
import { must } from './unreachable.ts';
import { openFrame } from './waits.ts';

/** The steps a task may be returned to, in the order they were done: what the dialog offers and `refuse` accepts. */
export function returnTargets(compiled: Compiled, state: State, task: Task): StepId[] {
  return returnPlaces(compiled, state, task)
    .filter(({ step, item }) => item === roundsOf(compiled, step, task.item))
    .map(({ step }) => step);
}

/** The same with the items of forEach steps that are over, each of which may be sent back to alone (rule 21). */
export function returnPlaces(compiled: Compiled, state: State, task: Task): Place[] {
  return state.trail
    .filter((entry) => !entry.skipped && isBehind(compiled, state, { task, place: entry }))
    .map(({ step, item }) => ({ step, item }));
}

function isBehind(compiled: Compiled, state: State, { task, place }: { task: Task; place: Place }): boolean {
  // A case that is being cancelled goes back only within the branch of its handler.
  if (state.cancelling && place.item !== task.item) return false;
  const isApart = partAt(compiled, place, task) !== undefined;
  return !isApart && isReachableBackwards(compiled, task.step, place.step, 'any');
}

/** How many more items of a step are done that a task could be returned to if they were still kept. */
export function forgottenBehind(
  compiled: Compiled,
  state: State,
  { task, step }: { task: Task; step: StepId },
): number {
  return (state.forgotten ?? [])
    .filter((place) => place.step === step && isBehind(compiled, state, { task, place }))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Whether several items may be sent back at once: their steps run beside each other, and so are all at work again. */
export function mayReturnTogether(compiled: Compiled, one: Place, other: Place): boolean {
  return one.step === other.step && one.item !== other.item && areApart(compiled, one, other);
}

export interface Return {
  task: Task;
  to: StepId;
  /** The rounds and items of the target; undefined: the task's own. */
  item?: string | null | undefined;
  /** Several of them instead. */
  items?: readonly string[] | undefined;
  mode: 'redo' | 'straightBack';
  by: PersonId | null;
  /** Outcome of the closed task: an action's, or `returned`. */
  outcome: string;
}

/** Closes the task and sends the case back. */
export function performReturn(run: Run, { task, to, item: wanted, items, mode, by, outcome }: Return): void {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  finishTask(run, task, outcome, by);
  if (by !== null) run.state.previous = by;
  const [target, ...more] = (items ?? [wanted ?? roundsOf(run.compiled, to, frame.item)]).map((item) => ({
    step: to,
    item,
  }));
  if (!target) return;
  if (mode === 'straightBack') openDetour(run, frame, { task, target, by });
  else goBack(run, [target, ...more], by);
}

function openDetour(
  run: Run,
  frame: Frame,
  { task, target: to, by }: Pick<Return, 'task' | 'by'> & { target: Place },
): void {
  const { assignee, pool, explanation } = task;
  // A pool's task comes back to the person who sent the work away, not to the pool.
  const holder =
    by === null || assignee === by ? { assignee, pool, explanation } : { assignee: by, pool: null, explanation };
  const target = openFrame(run, { ...to, returned: { by }, detour: { holder, task: task.id } });
  frame.children.push(target);
  run.agenda.push({ do: 'open', frame: target.id });
}

/** Redo the rest: the case goes to the target, whose previous handler gets it; to several, once all that is crossed is undone. */
function goBack(run: Run, targets: readonly Place[], by: PersonId | null): void {
  const order = [...run.state.undoable];
  const undone: Undoable[] = [];
  const opens = targets.map((to) => {
    const frame = reopenAt(run, to);
    undone.push(...takeCrossed(run, to));
    frame.returned = { by };
    return frame.id;
  });
  undone.sort((a, b) => order.indexOf(b) - order.indexOf(a));
  undo(run, undone, opens);
}

/** Goes on at a place, and undoes nothing: a jump of the flow's own, a decision that is taken back. */
export function goTo(run: Run, to: Place, { isJump = false } = {}): Frame {
  const frame = reopenAt(run, to, isJump);
  run.agenda.push({ do: 'open', frame: frame.id });
  return frame;
}

/**
 * A frame at a place, still to be opened: the innermost running scope that contains it starts again from there, and what was under that scope is closed. What
 * runs beside the scope goes on, also branches beside steps that are not undone. A parallel or a forEach that was over is open again for the
 * target's branch or item alone: the others count as done; in one that still runs the branch opens again beside them (rule 21). Going back
 * undoes what it crosses before the step opens (rule 22).
 */
function reopenAt(run: Run, to: Place, isJump = false): Frame {
  const { path } = stepInfo(run.compiled, to.step);
  let { scope, depth } = deepestShared(run, must(run.state.root, 'root scope'), to);
  clear(run, scope, isJump ? null : to.step);
  cutTrail(run, to);
  for (; ; depth += 1) {
    const place = must(path[depth], 'place on path');
    scope.at = place.index;
    const step = must(sequenceOf(run.compiled, scope.step, scope.branch)[place.index], 'step on path');
    const frame = openFrame(run, { step: step.id, item: scope.item });
    scope.children.push(frame);
    const next = path[depth + 1];
    if (!next) return frame;
    scope = openAlone(run, frame, { step, branch: next.branch, target: to });
    frame.children = [scope];
  }
}

interface Way {
  step: Step;
  branch: BranchKey;
  target: Place;
}

/** Of a step that was over the scope that leads to the target. */
function openAlone(run: Run, frame: Frame, { step, branch, target }: Way): Frame {
  const item = itemIn(run.compiled, step, target);
  if (step.kind === 'forEach') frame.each = reopenedItems(run, frame, step, lastKey(item));
  else if (runsTogether(step)) frame.arrived = branchesOf(step).filter((each) => each !== branch);
  return newFrame(run, { step: step.id, branch, item: step.kind === 'forEach' ? item : frame.item });
}

/** The rounds and items of a target down to those of a step around it. */
function itemIn(compiled: Compiled, step: Step, target: Place): string | null {
  const rounds = roundsAround(compiled, target);
  const depth = rounds.findIndex(({ owner, handler }) => owner === step && handler === null);
  const keys = rounds.slice(0, depth + 1).flatMap(({ key }) => key ?? []);
  return keys.length === 0 ? null : keys.reduce<string | null>(joinItem, null);
}

/** Closes what a scope does, and the branches beside steps that are undone; `to`: where it goes back to, null: nothing is undone. */
function clear(run: Run, scope: Frame, to: StepId | null): void {
  if (to !== null) {
    const { order } = stepInfo(run.compiled, to);
    const comesAgain = (step: StepId): boolean =>
      stepInfo(run.compiled, step).order >= order && !areConcurrent(run.compiled, step, to);
    closeBeside(run, isScope(scope) ? scope : scopeAround(run, scope), comesAgain);
  }
  for (const child of scope.children.filter((each) => !isBeside(each))) closeUnder(run, child);
  scope.children = scope.children.filter(isBeside);
  run.agenda = run.agenda.filter((next) => next.do !== 'enter' || next.scope !== scope.id);
}

function branchesOf(step: Step): BranchKey[] {
  return partsOf(step).branches.map(({ key }) => key);
}

type Path = ReturnType<typeof stepInfo>['path'];

function deepestShared(run: Run, root: Frame, target: Place): { scope: Frame; depth: number } {
  const { path } = stepInfo(run.compiled, target.step);
  const [start, from] = innermostHandler(root, path, target.item) ?? [root, 0];
  let scope = start;
  for (let depth = from; ; depth += 1) {
    const next = path[depth + 1];
    const current = scope.children.find(({ branch }) => branch === null);
    if (!next || current?.step !== next.owner) return { scope, depth };
    const { step } = stepInfo(run.compiled, current.step);
    const way = { step, branch: next.branch, target };
    const inner = runningOn(run, current, way) ?? openBeside(run, current, way);
    if (!inner) return { scope, depth };
    scope = inner;
  }
}

/** The branch of a handler that the target stands in, in its round: it hangs on the scope around, not on its step. */
function innermostHandler(root: Frame, path: Path, item: string | null): [Frame, number] | undefined {
  const depth = path.findLastIndex(({ branch }) => isHandlerKey(branch));
  const place = path[depth];
  const scope = [...framesUnder(root)].find(
    (frame) => frame.step === place?.owner && frame.branch === place.branch && isWithin(item, frame.item),
  );
  return scope && [scope, depth];
}

function runningOn({ compiled }: Run, frame: Frame, { step, branch, target }: Way): Frame | undefined {
  const fitting = frame.children.filter((scope) => scope.branch === branch);
  const item = itemIn(compiled, step, target);
  if (step.kind === 'forEach') return fitting.find((scope) => scope.item === item);
  return fitting.find((scope) => isWithin(target.item, scope.item)) ?? fitting[0];
}

/** A branch or an item that is done opens again, and the others go on; one after another, those after it have not been begun. */
function openBeside(run: Run, frame: Frame, { step, branch, target }: Way): Frame | undefined {
  const item = itemIn(run.compiled, step, target);
  if (step.kind !== 'forEach' || !frame.each)
    return [...frame.arrived, ...(frame.lost ?? [])].includes(branch) ? reopenBranch(run, frame, branch) : undefined;
  reopenItem(run, frame, { step, key: lastKey(item) });
  const scope = newFrame(run, { step: step.id, branch, item });
  frame.children.push(scope);
  return scope;
}

function reopenItem(run: Run, frame: Frame, { step, key }: { step: ForEach; key: string }): void {
  const each = must(frame.each, 'items of forEach');
  if (step.mode === 'sequential') {
    for (const scope of frame.children) closeUnder(run, scope);
    frame.children = [];
    each.next = each.keys.indexOf(key) + 1;
    for (const later of each.keys.slice(each.next)) {
      uncountItem(frame, later);
      forgetItem(run, joinItem(frame.item, later));
    }
  }
  // Of several that are sent back the first has opened what was over, without what its items came to.
  if (!uncountItem(frame, key)) each.done -= 1;
  // A row may be gone since its item was done.
  for (const field of sourcesOf(run.compiled, step)) run.written.add(field);
}
