/**
 * 调整位置: an operator takes work away from where it stands and begins it elsewhere. The state afterwards is one the case could have come to
 * by itself, so that no join waits for what nobody does (protocol.md rules 14 and 21).
 */
import { isHandlerKey } from './catching.ts';
import { sequenceOf, stepInfo, type Compiled } from './compile.ts';
import { takeCrossed, undo } from './compensation.ts';
import { atWork, closeBesideIn } from './handlers.ts';
import { reachScope } from './place.ts';
import { closeUnder, newRun, type Run } from './run.ts';
import { cloneState, framesUnder, pathTo, type Frame, type State, type Undoable } from './state.ts';
import { cutTrail, roundsOf } from './trail.ts';
import { repeats, runsTogether } from './tree.ts';
import type { ModifyCommand, Place, Refusal } from './types.ts';
import { openFrame } from './waits.ts';

/** Found out on a copy: whether it is possible depends on all of it together. */
export function refuseModify(compiled: Compiled, state: State, command: ModifyCommand): Refusal | null {
  const run = newRun(compiled, cloneState(state), { type: 'command', command }, { now: state.spins.at });
  return modify(run, command);
}

/** Says why it cannot be; the run is of no use then. */
export function modify(run: Run, { cancel, start, compensate }: ModifyCommand): Refusal | null {
  if (cancel.length + start.length === 0) return refusal('nothing_to_do', null);
  const rounds = roundsNow(run);
  const emptied: Frame[] = [];
  for (const place of cancel) {
    const scope = takeAway(run, place);
    if (!scope) return refusal('not_there', place);
    emptied.push(scope);
  }
  for (const scope of emptied) giveUp(run, scope);
  const began: Frame[] = [];
  for (const place of start) {
    const frame = begin(run, place, rounds);
    if ('code' in frame) return frame;
    began.push(frame);
  }
  if (run.state.root?.children.length === 0) return refusal('nothing_left', null);
  goOn(run, began, compensate);
  return null;
}

/** In which round each loop is: work that is moved within one stays in its round. */
function roundsNow({ state: { root } }: Run): Map<string, number> {
  const frames = root ? [...framesUnder(root)] : [];
  return new Map(frames.flatMap(({ step, branch, at }) => (step === null || branch !== null ? [] : [[step, at]])));
}

function refusal(reason: string, place: Place | null, more: { takenBy?: string | null } = {}): Refusal {
  return { code: 'modify_invalid', params: { reason, step: place?.step ?? null, item: place?.item ?? null, ...more } };
}

/** Closes a step that is at work; gives the scope that is at no step then. What handlers do is left to them. */
function takeAway(run: Run, place: Place): Frame | undefined {
  const { root } = run.state;
  const scopes = root ? [...framesUnder(root)].filter(({ branch }) => branch !== null) : [];
  const [scope, ...more] = scopes.filter(({ children }) => children.some((child) => isAt(child, place)));
  const frame = scope && atWork(scope);
  if (!scope || !frame || more.length > 0 || isOfHandler(run, scope)) return undefined;
  close(run, scope, frame);
  return scope;
}

function isOfHandler({ state }: Run, { id }: Frame): boolean {
  return pathTo(state, id).some(({ branch }) => branch !== null && isHandlerKey(branch));
}

function close(run: Run, scope: Frame, frame: Frame): void {
  closeBesideIn(run, frame);
  closeUnder(run, frame);
  scope.children = scope.children.filter((child) => child !== frame);
}

function isAt(frame: Frame, { step, item }: Place): boolean {
  return frame.branch === null && frame.step === step && (item === null || frame.item === item);
}

function begin(run: Run, place: Place, now: ReadonlyMap<string, number>): Frame | Refusal {
  const info = run.compiled.steps.get(place.step);
  if (!info) return refusal('unknown_step', place);
  if (info.path.some(({ branch }) => isHandlerKey(branch))) return refusal('in_handler', place);
  const loops = info.path.flatMap(({ owner }) =>
    owner !== null && repeats(stepInfo(run.compiled, owner).step) ? [owner] : [],
  );
  const rounds = place.item === null ? loops.map((loop) => now.get(loop) ?? 1) : place.item.split('/').map(Number);
  const isRight = rounds.length === loops.length && loops.every((loop, depth) => isRound(run, loop, rounds[depth]));
  if (!isRight) return refusal('unknown_round', place);
  const scope = reachScope(run, place.step, (loop) => rounds[loops.indexOf(loop)] ?? 1);
  if ('takenBy' in scope) return refusal('place_taken', place, scope);
  const frame = openFrame(run, { step: place.step, item: scope.item });
  scope.children.push(frame);
  return frame;
}

function isRound({ compiled }: Run, loop: string, round: number | undefined): boolean {
  const { step } = stepInfo(compiled, loop);
  return step.kind === 'loop' && Number.isInteger(round) && (round ?? 0) >= 1 && (round ?? 0) <= step.max;
}

/** What stood around work that was taken away: a branch beside others counts as done, all else goes with it. */
function giveUp(run: Run, scope: Frame): void {
  const path = pathTo(run.state, scope.id);
  const [above, frame] = path.slice(-3, -1);
  if (scope.children.length > 0) {
    // Branches beside are still its own: it ends with them.
    if (!atWork(scope)) scope.at = sequenceOf(run.compiled, scope.step, scope.branch).length;
    return;
  }
  if (!frame || !above) return;
  frame.children = frame.children.filter((child) => child !== scope);
  if (frame.children.length > 0 && runsTogether(stepInfo(run.compiled, frame.step).step)) {
    if (scope.branch !== null) frame.arrived.push(scope.branch);
    return;
  }
  close(run, above, frame);
  giveUp(run, above);
}

/** The steps open once what they go back over is undone, if it is to be. */
function goOn(run: Run, began: readonly Frame[], compensate: boolean): void {
  const order = [...run.state.undoable];
  const undone: Undoable[] = [];
  for (const { step, item } of began) {
    if (step === null) continue;
    const round = roundsOf(run.compiled, step, item);
    cutTrail(run, step, round);
    if (compensate) undone.push(...takeCrossed(run, step, round));
  }
  undone.sort((a, b) => order.indexOf(b) - order.indexOf(a));
  undo(
    run,
    undone,
    began.map(({ id }) => id),
  );
}
