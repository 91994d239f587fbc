/** What holds of a case whatever has happened to it. */
import { isHandlerKey } from './catching.ts';
import { cloneState } from './clone.ts';
import { reckonAgain } from './clocks.ts';
import { sequenceOf, type Compiled } from './compile.ts';
import type { Step } from './flow.gen.ts';
import { isBeside, isInterrupted } from './handlers.ts';
import { neverOf } from './never.ts';
import { newRun } from './run.ts';
import type { Simulation } from './simulate.ts';
import { allTimers, framesUnder, heldFrames, rootsOf, type Frame, type State, type Task } from './state.ts';
import type { DeltaEntry } from './types.ts';
import { must } from './unreachable.ts';

/** What must hold after every event; `expect` would take most of the time of so many runs. */
export function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

export function holdInvariants(compiled: Compiled, state: State): void {
  holdEnd(state);
  holdFrames(state);
  for (const task of state.tasks) {
    holdClock(state, task);
    holdBarred(compiled, state, task);
    holdDue(compiled, state, task);
  }
  holdJoins(compiled, state);
  holdItems(state);
  holdSeats(state);
  holdScopes(compiled, state);
}

/** A running case waits for something, a closed one for nothing. */
function holdEnd(state: State): void {
  const { status, root, tasks, incidents, effects, timers, waits, undoing, undoable, ending, suspended } = state;
  if (status === 'running' && ending) {
    hold(root === null && tasks.length + timers.length + waits.length === 0, 'a case that ends goes on');
    hold(undoing.length + effects.length > 0, 'a case that ends waits for nothing');
    return;
  }
  if (status === 'cancelled') hold(undoable.length === 0, 'a cancelled case leaves something that could be undone');
  if (suspended) {
    hold(status === 'running' && timers.length === 0, 'a suspended case has a clock that runs');
    return;
  }
  const inFlight = effects.filter(({ frame }) => frame !== null).length;
  const open = tasks.length + incidents.length + inFlight + timers.length + waits.length;
  if (status === 'running') hold(open > 0, 'a step is stuck');
  else hold(open === 0 && root === null && ending === null, 'a closed case leaves something open');
}

/** What is open belongs to a frame, and every innermost frame waits for something. */
function holdFrames(state: State): void {
  const frames = new Set(rootsOf(state).flatMap((root) => [...framesUnder(root)].map(({ id }) => id)));
  const timers = allTimers(state);
  const open = [...state.tasks, ...timers, ...state.incidents, ...state.effects, ...state.waits];
  for (const frame of [...open.map((each) => each.frame), ...heldFrames(state)])
    hold(frame === null || frames.has(frame), 'something open belongs to no frame');
  for (const { task } of timers)
    hold(task === null || state.tasks.some(({ id }) => id === task), 'a timer of a closed task');
  const ofSteps = open.filter((each) => !isOfHandler(each)).map(({ frame }) => frame);
  const waiting = new Set([...ofSteps, ...unopened(state)]);
  for (const leaf of leaves(state)) hold(waiting.has(leaf), 'a leaf waits for nothing');
}

/** Nobody holds what they may never handle, or gets it back. */
function holdBarred(compiled: Compiled, state: State, task: Task): void {
  const never = neverOf(compiled, state, task);
  for (const holder of [task, task.owner])
    hold(!never.includes(holder?.assignee ?? ''), 'somebody holds what they never handle');
  hold(never.join() === task.never.join(), 'a task knows who may not hold it');
}

/** Frames that wait for compensations, or for a suspended case to go on. */
function unopened(state: State): number[] {
  return [...heldFrames(state), ...state.undoing.flatMap(({ opens }) => opens)];
}

/** A handler on a step keeps nothing going: what waits for it alone is not what the step waits for. */
function isOfHandler(open: object): boolean {
  if ('part' in open) return typeof open.part === 'string' && isHandlerKey(open.part);
  const inner = 'what' in open ? open.what : 'resume' in open ? open.resume : null;
  return typeof inner === 'object' && inner !== null && isOfHandler(inner);
}

/** A scope that is not at its end is at one step; branches beside hang on scopes alone. */
function holdScopes(compiled: Compiled, state: State): void {
  const held = heldFrames(state);
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const beside = frame.children.filter(isBeside);
    if (frame.branch === null) hold(beside.length === 0, 'a branch beside hangs on a step');
    if (frame.branch === null || isInterrupted(frame) || held.includes(frame.id)) continue;
    const isAtEnd = frame.at >= sequenceOf(compiled, frame.step, frame.branch).length;
    hold(frame.children.length - beside.length === (isAtEnd ? 0 : 1), 'a scope is at no step, or at two');
  }
}

/** A seat whose voice is still out waits for somebody: a task, or a detour. Nobody is asked in a seat that is decided. */
function holdSeats({ root, tasks }: State): void {
  for (const frame of root ? framesUnder(root) : []) {
    for (const seat of frame.seats) {
      const isAsked = tasks.some(({ id }) => id === seat.task);
      const isAway = frame.children.some(({ detour }) => detour?.task === seat.task);
      hold((isAsked || isAway) === (seat.verdict === null), 'a voice that is out is waited for, and no other');
    }
  }
}

/** Every branch of a running parallel is at work or over, none twice. */
function holdJoins(compiled: Compiled, state: State): void {
  const waiting = unopened(state);
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const step = stepOf(compiled, frame);
    if (step?.kind !== 'parallel' || waiting.includes(frame.id) || isInterrupted(frame)) continue;
    const branches = [...frame.children.map(({ branch }) => branch), ...frame.arrived, ...(frame.lost ?? [])];
    const isWhole = branches.length === step.branches.length && new Set(branches).size === branches.length;
    hold(isWhole, 'a branch of a running parallel is lost or doubled');
  }
}

/** Every item of a running forEach is done, at work, still to come or gone, and none is two of them. */
function holdItems({ root }: State): void {
  for (const { each, children } of root ? framesUnder(root) : []) {
    if (each === null) continue;
    const coming = each.keys.slice(each.next).filter((key) => !each.gone.includes(key));
    hold(each.done + children.length + coming.length === each.total, 'an item of a forEach is lost or doubled');
    hold(new Set(children.map(({ item }) => item)).size === children.length, 'an item is at work twice');
    const counted = Object.values(each.results).reduce((sum, count) => sum + count, 0);
    hold(each.done >= counted, 'more results than items');
  }
}

/** Of a step frame; undefined for a scope. */
function stepOf(compiled: Compiled, { step, branch }: Frame): Step | undefined {
  return step === null || branch !== null ? undefined : compiled.steps.get(step)?.step;
}

/** Due time and timers are those that its clock gives, whatever stopped it and whichever calendars came. */
function holdDue(compiled: Compiled, state: State, task: Task): void {
  if (task.dueAt === null) return;
  const run = newRun(compiled, cloneState(state), { type: 'timer' }, { now: 0 });
  const copy = must(
    run.state.tasks.find(({ id }) => id === task.id),
    'task of copy',
  );
  reckonAgain(run, copy);
  hold(copy.dueAt === task.dueAt, 'a due time is not what its clock gives');
  hold(JSON.stringify(run.state.timers) === JSON.stringify(state.timers), 'a timer is not where its due time puts it');
}

/** No end action of a task comes twice, and its time is told without gap or overlap. */
export function holdLog(entries: readonly DeltaEntry[]): void {
  const fired = new Set<string>();
  const told = new Map<string, number>();
  for (const { event, spent = [] } of entries) {
    for (const { task, from, to } of spent) {
      hold(from < to && (told.get(task) ?? from) === from, 'a stretch of a task’s time is lost or told twice');
      told.set(task, to);
    }
    // A retry may start its clock anew.
    if (['incident_retried', 'case_migrated'].includes(event.type)) fired.clear();
    if (event.type !== 'timer_fired' || event.task === null || event.data.timer !== 'due') continue;
    const what = `${event.task} ${JSON.stringify(event.data.action)}`;
    hold(!fired.has(what), 'an end action comes twice');
    fired.add(what);
  }
}

/** A case that is waited for is waited for still, or is over, or failed to start, or is given up: once. */
export function holdCalls({ entries, state }: Simulation): void {
  const started = entries.flatMap(({ effects }) => effects).flatMap((each) => (isWaited(each) ? [each.id] : []));
  const given = entries.flatMap(({ cancels = [] }) => cancels);
  // What the engine failed on waits for a retry, as an incident; whoever calls sends no other end.
  const ended = entries.flatMap(({ consumed }) => (consumed.type === 'childEnded' ? [consumed.effect] : []));
  const untold = state.incidents.flatMap(({ resume }) => (resume.do === 'event' ? [resume.effect.id] : []));
  hold(new Set(given).size === given.length, 'a case is given up twice');
  hold(new Set(ended).size === ended.length, 'the end of a case is taken twice');
  for (const id of started) {
    const isKnown = [...given, ...ended, ...untold].includes(id) || state.effects.some((each) => each.id === id);
    hold(isKnown, 'a case is neither waited for, nor over, nor given up');
  }
}

function isWaited(effect: DeltaEntry['effects'][number]): boolean {
  return effect.type === 'call' && effect.waits;
}

/** A task that stands goes on by itself, unless that failed and waits for a retry; nothing else of it runs. What it offers is something. */
function holdClock(state: State, task: Task): void {
  const timers = allTimers(state).filter((timer) => timer.task === task.id);
  const failed = state.incidents.flatMap(({ resume }) => (resume.do === 'timer' ? [resume.timer] : []));
  const ends = [...timers, ...failed].filter((timer) => timer.task === task.id && timer.what.kind === 'resume');
  hold(ends.length === (task.paused ? 1 : 0), 'a paused task has one end, another none');
  if (task.paused)
    hold(
      timers.every(({ what }) => what.kind === 'resume'),
      'a clock of a paused task runs',
    );
  if (task.outcomes) hold(task.outcomes.length > 0, 'a task offers nothing');
}

function leaves(state: State): number[] {
  return rootsOf(state)
    .flatMap((root) => [...framesUnder(root)])
    .filter(({ children }) => children.length === 0)
    .map(({ id }) => id);
}
