/**
 * 迁移: a running case goes on under another version of its flow. What is at work moves to the step of the same id, or to the one the mapping
 * names, in the shape it has there; of branches that run together those that nothing is in count as done (protocol.md rules 14, 21, 23).
 */
import { isHandlerKey } from './catching.ts';
import { cloneState } from './clone.ts';
import { compensationOf, type Compiled } from './compile.ts';
import { isPlace, renamedKey, standingOf, whyNotInItems, type Standing } from './migrate-items.ts';
import { giveWaits, takeWaits } from './migrate-waits.ts';
import { reachScope } from './place.ts';
import { hasRoomFor, MOST_VALUES } from './room.ts';
import { newFrame, newRun, tellChange, type Run } from './run.ts';
import { findFrame, framesUnder, type BranchKey, type Frame, type State } from './state.ts';
import { readmitTask } from './tasks.ts';
import { isHuman, ROOT } from './tree.ts';
import type { Json, MigrateCommand, Place, Refusal, StepId } from './types.ts';
import { must } from './unreachable.ts';
import { armHandlers } from './waits.ts';

type Renaming = (step: StepId) => StepId;

/** Found out on a copy. `target` undefined: the new version is not read yet, so that only what needs it not is asked. */
export function refuseMigrate(
  compiled: Compiled,
  state: State,
  command: MigrateCommand,
  target: Compiled | undefined,
): Refusal | null {
  // The values were read before something happened: whoever sends it reads them again.
  if (command.readRev !== state.rev) return { code: 'case_moved', params: { rev: state.rev } };
  const now = whyNotNow(state, command);
  if (now !== null || !target) return now;
  if (!hasRoomFor(target, {}, command.vars)) return { code: 'values_too_large', params: { most: MOST_VALUES } };
  const run = newRun(
    compiled,
    cloneState(state),
    { type: 'command', command },
    {
      now: state.spins.at,
      target,
    },
  );
  return migrate(run, command, target);
}

function refused(reason: string, step: StepId | null = null, more: Record<string, Json> = {}): Refusal {
  return { code: 'migrate_refused', params: { reason, step, ...more } };
}

/** Work that belongs to the old version alone, and is soon over. */
function whyNotNow(state: State, { to }: MigrateCommand): Refusal | null {
  const { effects, undoing, cancelling, root } = state;
  if (to.version === state.flowVersion) return refused('same_version');
  // A case that is waited for goes on whatever becomes of this one's version.
  const effect = effects.find((each) => each.type !== 'call' || each.begun !== true);
  if (effect) return refused('in_flight', effect.step);
  if (undoing.length > 0 || cancelling || root === null) return refused('compensating', undoing[0]?.frame.step);
  return whyStopped(state, root);
}

function whyStopped({ suspended, incidents }: State, root: Frame): Refusal | null {
  if (suspended && suspended.agenda.length + suspended.answers.length > 0) return refused('held_back');
  const beside = [...framesUnder(root)].find(({ branch }) => branch !== null && isHandlerKey(branch));
  if (beside) return refused('in_handler', beside.step);
  // What failed there is an event of the old version: it is retried, or left out, first.
  const stopped = incidents.find(({ resume }) => ['event', 'timer', 'transfer'].includes(resume.do));
  return stopped ? refused('incident', stopped.step, { incident: stopped.id }) : null;
}

/** Says why it cannot be; the run is of no use then. */
export function migrate(run: Run, command: MigrateCommand, target: Compiled): Refusal | null {
  const { compiled: old, state } = run;
  const { mapping } = command;
  const to: Renaming = (step) => (Object.hasOwn(mapping, step) ? (mapping[step] ?? step) : step);
  const tokens = tokensUnder(old, must(state.root, 'root scope'));
  const why = whyNotTo(old, target, { mapping, to, tokens, state });
  if (why) return why;
  const standing = tokens.map((token) => standingOf(old, state, token, to));
  const waits = takeWaits(run, to);
  const ended = endedEarly(must(state.root, 'root scope'), to);
  run.compiled = target;
  rename(run, tokens, to);
  state.calendars = { ...state.calendars, ...command.calendars };
  state.vars = Object.fromEntries(Object.entries(command.vars).filter(([name]) => target.mentioned.has(name)));
  state.flowVersion = target.ref.version;
  state.root = newFrame(run, { step: null, branch: ROOT });
  armHandlers(run, state.root);
  for (const [index, token] of tokens.entries()) {
    const taken = place(run, token, must(standing[index], 'standing of token'));
    if (taken) return taken;
  }
  for (const each of ended) keepLost(state.root, each);
  const lost = state.incidents.find(({ frame }) => !findFrame(state, frame));
  if (lost) return refused('incident', lost.step, { incident: lost.id });
  giveWaits(run, waits, { tokens, timers: command.timers });
  for (const task of state.tasks) {
    readmitTask(run, task, command.timers);
    tellChange(run, task, task.step);
  }
  return null;
}

/** What is at work: steps that nothing runs in, and human steps with what they sent away. */
function tokensUnder(compiled: Compiled, scope: Frame): Frame[] {
  return scope.children.flatMap((frame) => {
    const step = frame.step === null ? undefined : compiled.steps.get(frame.step)?.step;
    const isToken = frame.branch === null && (frame.children.length === 0 || (step !== undefined && isHuman(step)));
    return isToken ? [frame] : tokensUnder(compiled, frame);
  });
}

interface Asked {
  mapping: MigrateCommand['mapping'];
  to: Renaming;
  tokens: readonly Frame[];
  state: State;
}

function whyNotTo(old: Compiled, target: Compiled, { mapping, to, tokens, state }: Asked): Refusal | null {
  for (const [from, step] of Object.entries(mapping))
    if (!old.steps.has(from) || !target.steps.has(step)) return refused('unknown_step', from, { to: step });
  if (tokens.length === 0) return refused('nothing_waits');
  for (const frame of tokens.flatMap((token) => [...framesUnder(token)])) {
    const step = must(frame.step, 'step of token');
    const reason = whyNoTarget(old, target, step, to(step));
    if (reason !== null) return refused(reason, step, { to: to(step) });
    const apart = whyNotInItems(old, target, step, to);
    if (apart) return refused(apart.reason, apart.step, { to: to(apart.step), of: step });
  }
  const lost = state.undoable.find(({ step }) => {
    const known = target.steps.has(to(step));
    return !known || compensationOf(target, to(step)) === null;
  });
  return lost ? refused('compensation_lost', lost.step) : null;
}

function whyNoTarget(old: Compiled, target: Compiled, from: StepId, to: StepId): string | null {
  const before = old.steps.get(from)?.step;
  const after = target.steps.get(to);
  if (!before || !after) return 'no_target';
  if (before.kind !== after.step.kind) return 'kind_changed';
  if (after.path.some(({ branch }) => isHandlerKey(branch))) return 'in_handler';
  return modeOf(before) === modeOf(after.step) ? null : 'mode_changed';
}

function modeOf(step: object): unknown {
  return 'mode' in step ? step.mode : null;
}

/** The frame stays itself: what is open on it, tasks above all, names it. */
function place(run: Run, token: Frame, { rounds, kept }: Standing): Refusal | null {
  const step = must(token.step, 'step of token');
  const scope = reachScope(run, step, (owner) => rounds.get(owner) ?? '1', { kept: (owner) => kept.get(owner) });
  if ('takenBy' in scope) return refused('place_taken', step, { takenBy: scope.takenBy });
  // What it sent away may stand in another item.
  const { item } = token;
  for (const frame of framesUnder(token)) if (frame.item === item) frame.item = scope.item;
  scope.children.push(token);
  const frames = new Map([...framesUnder(token)].map((frame) => [frame.id, frame]));
  for (const task of run.state.tasks) task.item = (frames.get(task.frame) ?? task).item;
  return null;
}

interface EndedEarly extends Place {
  lost: readonly BranchKey[];
}

/** Branches that ended without coming to their join, by the steps that they will be of. */
function endedEarly(root: Frame, to: Renaming): EndedEarly[] {
  return [...framesUnder(root)].flatMap(({ step, item, lost }) =>
    lost && step !== null ? [{ step: to(step), item, lost }] : [],
  );
}

/** Branches that nothing is in count as done; these still do not come to their join. */
function keepLost(root: Frame, { step, item, lost }: EndedEarly): void {
  const frame = [...framesUnder(root)].find((each) => isAt(each, { step, item }) && !each.lost);
  if (!frame) return;
  frame.lost = lost.filter((branch) => frame.arrived.includes(branch));
  frame.arrived = frame.arrived.filter((branch) => !lost.includes(branch));
}

function isAt(frame: Frame, { step, item }: Place): boolean {
  return frame.branch === null && frame.step === step && frame.item === item;
}

/** What the case remembers by step. Steps that are no more are forgotten where they lead the case back. */
function rename({ state, compiled }: Run, tokens: readonly Frame[], to: Renaming): void {
  for (const frame of tokens.flatMap((token) => [...framesUnder(token)])) frame.step = to(frame.step ?? '');
  for (const task of state.tasks) task.step = to(task.step);
  for (const effect of state.effects) effect.step = to(effect.step);
  for (const incident of state.incidents) if (incident.step !== null) incident.step = to(incident.step);
  for (const undoable of state.undoable) undoable.step = to(undoable.step);
  state.trail = renamePlaces(compiled, state.trail, to);
  if (state.forgotten) state.forgotten = renamePlaces(compiled, state.forgotten, to);
  state.handlers = renameKeys(state.handlers, (key) => renamedKey(key, to));
  state.times = renameKeys(state.times, to);
  state.choices = renameKeys(state.choices, to);
  state.ran = state.ran.map((key) => renamedKey(key, to));
}

function renamePlaces<T extends Place>(compiled: Compiled, places: readonly T[], to: Renaming): T[] {
  return places
    .map((place) => ({ ...place, step: to(place.step) }))
    .filter((place) => {
      const known = compiled.steps.get(place.step)?.step;
      return known !== undefined && isHuman(known) && isPlace(compiled, place);
    });
}

function renameKeys<T>(byStep: Record<StepId, T>, to: Renaming): Record<StepId, T> {
  return Object.fromEntries(Object.entries(byStep).map(([step, value]) => [to(step), value]));
}
