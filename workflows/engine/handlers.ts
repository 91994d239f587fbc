/**
 * What a handler does when it happens (protocol.md rule 20). An interrupting one closes what it is on, and its branch takes the place. One
 * that runs beside has its branch in the nearest scope around, which waits for it: it outlives the step it is on, and closes with the scope,
 * or when a return or a cancelled branch undoes the step.
 */
import { handlerOf, handlersOn, isHandlerKey, isInstead } from './catching.ts';
import { undoAll } from './compensation.ts';
import { enterHandler, type Entering } from './enter-handler.ts';
import { sequenceOf, stepInfo } from './compile.ts';
import type { Handler } from './flow.gen.ts';
import { closeUnder, endCase, type Run } from './run.ts';
import { framesUnder, pathTo, type BranchKey, type Frame } from './state.ts';
import { ROOT } from './tree.ts';
import type { StepId } from './types.ts';
import { must } from './unreachable.ts';

/** Begins the branch of a handler. `frame`: of the step it is on, or the root's. */
export function startHandler(run: Run, frame: Frame, part: BranchKey): void {
  run.caught.push(handlerOf(part));
  if (!isInstead(part)) {
    enterHandler(run, scopeFor(run, frame), { step: frame.step, part, item: frame.item });
    return;
  }
  interrupt(run, frame);
  enterHandler(run, frame, { step: frame.step, part, item: frame.item });
}

/** Closes all that a frame does, and what was begun beside steps in it. */
function interrupt(run: Run, frame: Frame): void {
  closeBesideIn(run, frame);
  closeUnder(run, frame);
  frame.arrived = [];
  delete frame.lost;
  frame.seats = [];
  frame.each = null;
  // Nothing of the flow itself is left to do.
  if (frame.branch !== null) frame.at = sequenceOf(run.compiled, frame.step, frame.branch).length;
}

/** The branch of a handler is done: the step it replaced is left, or the scope it ran in may now be done. */
export function finishHandler(run: Run, scope: Frame, home: Frame): void {
  home.children = home.children.filter((child) => child !== scope);
  if (home.branch === null) run.agenda.push({ do: 'leave', frame: home.id });
  else if (home.children.length === 0 && home.at >= sequenceOf(run.compiled, home.step, home.branch).length)
    run.agenda.push({ do: 'enter', scope: home.id });
}

// ------------------------------------------------------------------------------------------------ scopes

/** Whether branches that run beside may belong to it: not one of several branches of a step. */
export function isScope({ branch }: Frame): boolean {
  return branch !== null && branch !== 'otherwise' && !branch.startsWith('branches.');
}

/** Where a branch beside a step belongs: in the sub-process it is on, or in the nearest scope around the step. */
function scopeFor(run: Run, frame: Frame): Frame {
  if (isScope(frame)) return frame;
  const { step } = stepInfo(run.compiled, frame.step);
  const body = step.kind === 'subProcess' ? frame.children.find(({ branch }) => branch === ROOT) : undefined;
  return body ?? scopeAround(run, frame);
}

/** The nearest scope around a frame. */
export function scopeAround(run: Run, { id }: Frame): Frame {
  return must(pathTo(run.state, id).slice(0, -1).findLast(isScope), 'scope around');
}

/** Closes those branches beside in a scope whose step is undone. */
export function closeBeside(run: Run, scope: Frame, isUndone: (step: StepId) => boolean): void {
  for (const child of scope.children.filter(isBeside)) {
    if (child.step === null || !isUndone(child.step)) continue;
    closeUnder(run, child);
    scope.children = scope.children.filter((each) => each !== child);
  }
}

/** A branch is cancelled, or a step interrupted: what was begun beside the steps in it closes too. */
export function closeBesideIn(run: Run, frame: Frame): void {
  const { step, branch } = frame;
  if (step === null) return;
  const isInside = (owner: StepId): boolean =>
    stepInfo(run.compiled, owner).path.some(
      (place) => place.owner === step && (branch ?? place.branch) === place.branch,
    );
  closeBeside(run, scopeAround(run, frame), isInside);
}

/** What a scope is at; branches beside are no part of its sequence. */
export function atWork({ children }: Frame): Frame | undefined {
  return children.find((child) => !isBeside(child));
}

export function isBeside({ branch }: Frame): boolean {
  return branch !== null && isHandlerKey(branch) && !isInstead(branch);
}

/** Whether the branch of a handler has taken the place of what a frame did: it catches nothing any more. */
export function isInterrupted({ children }: Frame): boolean {
  return children.some(({ branch }) => branch !== null && isInstead(branch));
}

// ------------------------------------------------------------------------------------------------ errors, escalations

/** Hands an error or an escalation to the nearest handler around a frame, itself included; false: nobody catches it. */
export function raise(run: Run, { id }: Frame, raised: { catch: 'error' | 'escalation'; code: string }): boolean {
  const path = pathTo(run.state, id);
  for (const frame of path.toReversed()) {
    const isOwner = frame.branch === null || frame.step === null;
    if (!isOwner || frame.undoes || isInterrupted(frame)) continue;
    const owner = frame.step === null ? run.compiled.flow : stepInfo(run.compiled, frame.step).step;
    // What its own branch raises is for whoever is further out.
    const isWithin = (key: BranchKey): boolean =>
      path.some(({ step, branch }) => step === frame.step && branch === key);
    const found = handlersOn(owner).find(({ key, handler }) => catches(handler, raised) && !isWithin(key));
    if (!found) continue;
    startHandler(run, frame, found.key);
    return true;
  }
  return false;
}

function catches(handler: Handler, raised: { catch: 'error' | 'escalation'; code: string }): boolean {
  if (handler.catch === 'error') return raised.catch === 'error' && (handler.codes?.includes(raised.code) ?? true);
  if (handler.catch === 'escalation')
    return raised.catch === 'escalation' && (handler.code === undefined || handler.code === raised.code);
  return false;
}

// ------------------------------------------------------------------------------------------------ the end of the case

/**
 * Withdraws or cancels the case: the cancel handlers of all scopes that are open run first. Asked once more it is over at once. What was done is
 * undone meanwhile (rule 22).
 */
export function cancelCase(run: Run, outcome: string): void {
  const { state } = run;
  const root = must(state.root, 'root');
  const open = state.cancelling ? [] : cancelHandlers(run, root);
  state.cancelling ??= { outcome };
  undoAll(run);
  if (open.length === 0) {
    endCase(run, 'cancelled', outcome);
    return;
  }
  interrupt(run, root);
  for (const entering of open) {
    run.caught.push(handlerOf(entering.part));
    enterHandler(run, root, entering);
  }
}

function cancelHandlers(run: Run, root: Frame): Entering[] {
  const frames = [...framesUnder(root)].filter((frame) => frame.branch === null || frame.step === null);
  return frames
    .filter((frame) => !isInterrupted(frame))
    .flatMap(({ step, item }) =>
      handlersOn(step === null ? run.compiled.flow : stepInfo(run.compiled, step).step).flatMap(({ key, handler }) =>
        handler.catch === 'cancel' ? [{ step, part: key, item }] : [],
      ),
    );
}
