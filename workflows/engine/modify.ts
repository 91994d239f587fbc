/**
 * 调整位置: an operator takes work away from where it stands and begins it elsewhere. The state afterwards is one the case could have come to
 * by itself, so that no join waits for what nobody does (protocol.md rules 14 and 21).
 */
import { cloneState } from './clone.ts';
import { branchOfHandler, handlerAround } from './handler-branches.ts';
import { sequenceOf, stepInfo, type Compiled } from './compile.ts';
import type { Step } from './flow.gen.ts';
import { takeCrossed, undo } from './compensation.ts';
import { atWork, closeBesideIn } from './handlers.ts';
import { lastKey } from './items.ts';
import { reachScope } from './place.ts';
import { closeUnder, newRun, type Run } from './run.ts';
import { framesUnder, pathTo, type Each, type Frame, type State, type Undoable } from './state.ts';
import { cutTrail, forgetItem } from './trail.ts';
import { repeats, runsTogether } from './tree.ts';
import type { ModifyCommand, Place, Refusal } from './types.ts';
import { must } from './unreachable.ts';
import { openFrame } from './waits.ts';

/** Found out on a copy: whether it is possible depends on all of it together. */
export function refuseModify(compiled: Compiled, state: State, command: ModifyCommand): Refusal | null {
  const run = newRun(compiled, cloneState(state), { type: 'command', command }, { now: state.spins.at });
  return modify(run, command);
}

/** Says why it cannot be; the run is of no use then. */
export function modify(run: Run, { cancel, start, compensate }: ModifyCommand): Refusal | null {
  if (cancel.length + start.length === 0) return refused('nothing_to_do', null);
  const rounds = roundsNow(run);
  const emptied: Frame[] = [];
  for (const place of cancel) {
    const scope = takeAway(run, place);
    if (!scope) return refused('not_there', place);
    emptied.push(scope);
  }
  const back = backToLife(run, start);
  if (back) return refused('case_cancelled', back);
  const kept = start.flatMap((place) => branchOfHandler(run, place)?.scope ?? []);
  for (const scope of emptied) giveUp(run, scope, kept);
  const began: Frame[] = [];
  for (const place of start) {
    const frame = begin(run, place, rounds);
    if ('code' in frame) return frame;
    began.push(frame);
  }
  if (run.state.root?.children.length === 0) return refused('nothing_left', null);
  finishEmpty(run);
  goOn(run, began, compensate);
  return null;
}

/** In a case that is being cancelled, what was done is being undone: only what is done because of that goes on. */
function backToLife(run: Run, start: readonly Place[]): Place | undefined {
  return run.state.cancelling ? start.find((place) => !branchOfHandler(run, place)) : undefined;
}

/** In which round each loop is: work that is moved within one stays in its round. Which item of a forEach is meant has to be said. */
function roundsNow({ state: { root } }: Run): Map<string, string> {
  const frames = root ? [...framesUnder(root)] : [];
  return new Map(
    frames.flatMap(({ step, branch, at }) => (step === null || branch !== null ? [] : [[step, String(at)]])),
  );
}

function refused(reason: string, place: Place | null, more: { takenBy?: string | null } = {}): Refusal {
  return { code: 'modify_invalid', params: { reason, step: place?.step ?? null, item: place?.item ?? null, ...more } };
}

/** Closes a step that is at work; gives the scope that is at no step then. */
function takeAway(run: Run, place: Place): Frame | undefined {
  const { root } = run.state;
  const scopes = root ? [...framesUnder(root)].filter(({ branch }) => branch !== null) : [];
  const [scope, ...more] = scopes.filter(({ children }) => children.some((child) => isAt(child, place)));
  const frame = scope && atWork(scope);
  if (!scope || !frame || more.length > 0) return undefined;
  close(run, scope, frame);
  return scope;
}

function close(run: Run, scope: Frame, frame: Frame): void {
  closeBesideIn(run, frame);
  closeUnder(run, frame);
  scope.children = scope.children.filter((child) => child !== frame);
}

function isAt(frame: Frame, { step, item }: Place): boolean {
  return frame.branch === null && frame.step === step && (item === null || frame.item === item);
}

function begin(run: Run, place: Place, now: ReadonlyMap<string, string>): Frame | Refusal {
  const info = run.compiled.steps.get(place.step);
  if (!info) return refused('unknown_step', place);
  // A branch begins by what its handler catches alone: work is put into one that is at work.
  const inHandler = branchOfHandler(run, place);
  if (!inHandler && handlerAround(info.path) >= 0) return refused('in_handler', place);
  const rounds = roundsTo(run, place, { now, inHandler });
  if (!rounds) return refused('unknown_round', place);
  const scope = reachScope(run, place.step, (id) => rounds.get(id) ?? '', { from: inHandler });
  if ('takenBy' in scope) return refused('place_taken', place, scope);
  const frame = openFrame(run, { step: place.step, item: scope.item });
  scope.children.push(frame);
  return frame;
}

interface Way {
  now: ReadonlyMap<string, string>;
  inHandler: ReturnType<typeof branchOfHandler>;
}

/** In which round or item of each step that repeats, those of a handler's branch from there on; undefined: it names none that there is. */
function roundsTo(
  { compiled }: Run,
  { step: to, item }: Place,
  { now, inHandler }: Way,
): Map<string, string> | undefined {
  const owners = stepInfo(compiled, to)
    .path.slice(inHandler ? inHandler.depth + 1 : 0)
    .flatMap(({ owner }) => {
      const step = owner === null ? undefined : stepInfo(compiled, owner).step;
      return step && repeats(step) ? [step] : [];
    });
  const given = keysWithin(item, inHandler?.scope.item ?? null);
  const keys = given ?? owners.map(({ id, kind }) => (kind === 'loop' ? (now.get(id) ?? '1') : ''));
  if (keys.length !== owners.length || !owners.every((owner, depth) => isRound(owner, keys[depth]))) return undefined;
  return new Map(owners.map(({ id }, depth) => [id, keys[depth] ?? '']));
}

/** The rounds and items of a path that come after those of the branch it is in; undefined: it names none. */
function keysWithin(item: string | null, branch: string | null): string[] | undefined {
  const own = branch === null ? item : (item?.slice(branch.length + 1) ?? null);
  return own === '' ? [] : own?.split('/');
}

/** Whether it may name a round of a loop; whether a list has such an item is seen when it is reached. */
function isRound(owner: Step, key = ''): boolean {
  if (owner.kind !== 'loop') return key !== '';
  const round = Number(key);
  return String(round) === key && Number.isInteger(round) && round >= 1 && round <= owner.max;
}

/** What stood around work that was taken away: a branch beside others counts as done, an item is gone, all else goes with it. */
function giveUp(run: Run, scope: Frame, kept: readonly Frame[]): void {
  const path = pathTo(run.state, scope.id);
  const [above, frame] = path.slice(-3, -1);
  // Branches beside are still its own: it ends with them.
  if (scope.children.length > 0 && !atWork(scope)) scope.at = sequenceOf(run.compiled, scope.step, scope.branch).length;
  // Or something of the branch of a handler is to begin instead.
  if (scope.children.length > 0 || kept.includes(scope)) return;
  const home = path.at(-2);
  if (home) home.children = home.children.filter((child) => child !== scope);
  // The branch of a handler in the scope that it ran in: that goes on without it.
  if (home?.branch !== null || !frame || !above) return;
  leaveOut(run, { above, frame, scope, kept });
}

interface GivenUp {
  above: Frame;
  frame: Frame;
  scope: Frame;
  kept: readonly Frame[];
}

/** A step goes on with its other branches or items, or is given up as well. */
function leaveOut(run: Run, { above, frame, scope, kept }: GivenUp): void {
  if (frame.each) giveUpItem(run, frame.each, scope);
  if (isStillAtWork(frame) && runsTogether(stepInfo(run.compiled, frame.step).step)) {
    if (frame.each) run.agenda.push({ do: 'open', frame: frame.id });
    else if (scope.branch !== null) frame.arrived.push(scope.branch);
    return;
  }
  close(run, above, frame);
  giveUp(run, above, kept);
}

/** A scope whose steps were done, and that only waited for a branch beside them. */
function finishEmpty(run: Run): void {
  for (const scope of run.state.root ? [...framesUnder(run.state.root)] : []) {
    const isOver = scope.branch !== null && scope.at >= sequenceOf(run.compiled, scope.step, scope.branch).length;
    if (isOver && scope.children.length === 0) run.agenda.push({ do: 'enter', scope: scope.id });
  }
}

function giveUpItem(run: Run, each: Each, { item }: Frame): void {
  each.gone.push(lastKey(item));
  each.total -= 1;
  forgetItem(run, must(item, 'item of scope'));
}

/** Something of it is at work, or an item is still to come. */
function isStillAtWork({ children, each }: Frame): boolean {
  return children.length > 0 || (each?.keys.slice(each.next).some((key) => !each.gone.includes(key)) ?? false);
}

/** The steps open once what they go back over is undone, if it is to be. */
function goOn(run: Run, began: readonly Frame[], compensate: boolean): void {
  const order = [...run.state.undoable];
  const undone: Undoable[] = [];
  for (const { step, item } of began) {
    if (step === null) continue;
    cutTrail(run, { step, item });
    if (compensate) undone.push(...takeCrossed(run, { step, item }));
  }
  undone.sort((a, b) => order.indexOf(b) - order.indexOf(a));
  undo(
    run,
    undone,
    began.map(({ id }) => id),
  );
}
