/**
 * Undoing what service steps have done (protocol.md rule 22): going back over them and cancelling the case run their compensations, the last
 * step first, one after another. A late success, of an activity whose branch was closed, is undone when it comes. Each runs in a frame of
 * its own beside the tree; one that fails is an incident on that frame, and what comes after it waits.
 */
import { compensationOf, stepInfo, type Compiled } from './compile.ts';
import { isHandlerKey } from './catching.ts';
import { enterHandler } from './enter-handler.ts';
import { isWithin } from './items.ts';
import { endIfUndone, newFrame, openIncident, startActivity, type Run } from './run.ts';
import { pathTo, type Frame, type State, type Transition, type Undoable } from './state.ts';
import { isCrossed } from './trail.ts';
import type { Place, StepId } from './types.ts';
import { must } from './unreachable.ts';

/** A state is carried whole: above so many a step that could be undone waits for an operator instead of running. */
export const MOST_UNDOABLE = 1000;

/** A step that says by a handler how it is undone is left: that undoes it, and nothing of what was done within. */
export function noteDone(run: Run, { id, step, item }: Frame): void {
  if (step === null) return;
  const how = compensationOf(run.compiled, step);
  if (how === null || 'activity' in how) return;
  const isInside = (done: Undoable): boolean =>
    isWithin(done.item, item) && stepInfo(run.compiled, done.step).path.some(({ owner }) => owner === step);
  run.state.undoable = run.state.undoable.filter((done) => !isInside(done));
  noteUndoable(run, { effect: id, step, item }, false);
}

/**
 * What a throw undoes, the last first: a step with what is in it, or all that was done in the scope around the throw; in its own rounds and
 * items, none of others.
 */
export function takeThrown(run: Run, frame: Frame, of: StepId | null): Undoable[] {
  const scope = scopeOfThrow(run, frame);
  const within = of ?? scope.step;
  const isMeant = ({ step, item }: Undoable): boolean => {
    const isBelow = stepInfo(run.compiled, step).path.some(({ owner }) => owner === within);
    return isWithin(item, scope.item) && (within === null || step === of || isBelow);
  };
  const meant = run.state.undoable.filter(isMeant).reverse();
  run.state.undoable = run.state.undoable.filter((done) => !meant.includes(done));
  return meant;
}

/** The sub-process, the item or the flow that a throw stands in. In the branch of a handler it is what the handler is on. */
function scopeOfThrow(run: Run, { id }: Frame): { step: StepId | null; item: string | null } {
  const scopes = pathTo(run.state, id).filter(({ step, branch }) => {
    const kind = step === null ? undefined : stepInfo(run.compiled, step).step.kind;
    return (
      branch !== null && !isHandlerKey(branch) && (kind === undefined || kind === 'subProcess' || kind === 'forEach')
    );
  });
  const { step = null, item = null } = scopes.at(-1) ?? {};
  return { step, item };
}

/** A step is done: it is kept with those that can be undone, or undone at once where the case went on without it. */
export function noteUndoable(run: Run, done: Undoable, isLate: boolean): void {
  if (compensationOf(run.compiled, done.step) === null) return;
  if (isLate) undo(run, [done], []);
  else run.state.undoable.push(done);
}

/** What going back to a step in its round and item would undo, the last first. What a step with `again: skip` did stays. */
function crossedBy(compiled: Compiled, state: State, to: Place): Undoable[] {
  const isUndone = (done: Undoable): boolean => {
    const { step } = stepInfo(compiled, done.step);
    return !(step.kind === 'serviceTask' && step.again === 'skip') && isCrossed(compiled, done, to);
  };
  return state.undoable.filter(isUndone).reverse();
}

/** Takes them out of those that can be undone. */
export function takeCrossed(run: Run, to: Place): Undoable[] {
  const crossed = crossedBy(run.compiled, run.state, to);
  run.state.undoable = run.state.undoable.filter((done) => !crossed.includes(done));
  return crossed;
}

/** Undoes all that was done, the last first. */
export function undoAll(run: Run): void {
  const steps = run.state.undoable.reverse();
  run.state.undoable = [];
  undo(run, steps, []);
}

/** Undoes steps in the given order, then opens the steps of the given frames. */
export function undo(run: Run, steps: readonly Undoable[], opens: readonly number[]): void {
  const [first, ...rest] = steps;
  if (first === undefined) {
    for (const frame of opens) run.agenda.push({ do: 'open', frame });
    return;
  }
  const frame = newFrame(run, { step: first.step, item: first.item, undoes: first });
  run.state.undoing.push({ frame, rest, opens: [...opens] });
  run.agenda.push({ do: 'open', frame: frame.id });
}

/** The frame of a compensation opens, or is done. */
export function advanceUndoing(run: Run, what: Exclude<Transition['do'], 'enter'>, frame: Frame, done: Undoable): void {
  if (what === 'open') {
    const how = must(compensationOf(run.compiled, done.step), `compensation of ${done.step}`);
    if ('activity' in how) startActivity(run, frame, how.activity);
    else enterHandler(run, frame, { step: done.step, part: how.branch, item: done.item });
    return;
  }
  const found = must(
    run.state.undoing.find((undoing) => undoing.frame.id === frame.id),
    'compensation on its way',
  );
  run.state.undoing = run.state.undoing.filter((undoing) => undoing !== found);
  undo(run, found.rest, found.opens);
  endIfUndone(run);
}

/** Its activity came to an end: the next, or an incident. */
export function finishUndoing(run: Run, frame: Frame, error: string | null): void {
  if (error === null) run.agenda.push({ do: 'leave', frame: frame.id });
  else openIncident(run, frame, { code: 'compensation_failed', detail: { error }, resume: { do: 'open' } });
}
