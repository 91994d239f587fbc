/**
 * The state of a case: JSON, versioned, and nothing in it that could be derived. Frames mirror the flow's tree; everything that
 * waits (task, timer, effect, incident) names the frame it belongs to, so that closing a frame finds all that is under it.
 * Changing a shape here takes a new `v` and a step in `upgrade.ts`: states live in recorded histories.
 */
import type { WorkingTimesByKey } from './calendar/working-times.ts';
import type {
  Choices,
  Command,
  DueBy,
  EngineEvent,
  Explanation,
  Incident,
  Json,
  PersonId,
  Place,
  StepId,
  TaskId,
  Vars,
} from './types.ts';
import type { Assign, Party, People } from './flow.gen.ts';

/** Names a sequence inside its step: `body`, `otherwise`, `branches.<index>`, or of a handler as in catching.ts. */
export type BranchKey = string;

/**
 * A running part of the tree. Two sorts take turns: a scope (a running sequence; the root is one) holds the step it is at, a
 * step frame holds the scopes it runs. A parallel has several scopes, a forEach one for each item; both are keyed, not counted.
 */
export interface Frame {
  id: number;
  /** Step frame: its step. Scope: the step that owns the sequence, null for the root. */
  step: StepId | null;
  /** Scope: which sequence of its step. Null marks a step frame. */
  branch: BranchKey | null;
  /** Scope: index in the sequence of the step it is at. Step frame of a loop: its round, from 1. */
  at: number;
  /** The rounds and items it is in, outermost first, as `2/1` or `2/<key>`; null outside of all (rules 21 and 23). A handler's branch is a round by its frame. */
  item: string | null;
  children: Frame[];
  /** Step frame of branches that run together: those that are done. */
  arrived: BranchKey[];
  /** Those that ended without coming to the join; left out: none did. */
  lost?: BranchKey[];
  /** Step frame of a forEach: its items. */
  each: Each | null;
  /** Of an approval: whom it asks, and what they said. */
  seats: Seat[];
  /** Work sent back, by whom (null: by a due action); null for work that came by itself. */
  returned: { by: PersonId | null } | null;
  /** Set on the frame of a compensation: what it undoes (rule 22). */
  undoes: Undoable | null;
  /** Set on the frame of a detour's target, a child of the step it was sent from: what reopens there afterwards (rule 21). */
  detour: { holder: Holder; task: TaskId } | null;
}

/** The items of a running forEach. Of 10,000 the state holds their keys; frames and tasks are there for those that are at work. */
export interface Each {
  /** One for each item, in the order of the list as it was read. Never changed in place: copies of the state share it. */
  keys: readonly string[];
  /** The items themselves, where they are no rows of a sub-table. Shared like the keys. */
  values: readonly Json[] | null;
  /** Index of the next one to begin. */
  next: number;
  /** How many there are, without those whose rows are gone. */
  total: number;
  done: number;
  /** Of those done, how many ended with each outcome. */
  results: Record<string, number>;
  /** Of those not done, whose rows are gone. */
  gone: string[];
  /** Done last, oldest first: a return or a take-back may still open them again. */
  kept: { key: string; outcome: string }[];
}

/** A completed service step whose flow says how to undo it. */
export interface Undoable {
  /** Of the activity that was done. */
  effect: number;
  step: StepId;
  item: string | null;
}

/** Compensations on their way, one after another, in a frame beside the root's: nothing that closes in the tree stops them. */
interface Undoing {
  /** Undoes one step. */
  frame: Frame;
  /** To be undone after it, in this order. */
  rest: Undoable[];
  /** Frames whose steps open when all is undone: the targets of a return. One that is gone meanwhile stays closed. */
  opens: number[];
}

/**
 * One voice of an approval: somebody who is asked, and who was added before or after them. They decide one after another; the first who
 * rejects rejects for the seat, and it approves when nobody of it is left.
 */
export interface Seat {
  /** Of whoever is asked now, or of the last who decided; null: nobody yet. */
  task: TaskId | null;
  /** Asked after them, in this order. */
  queue: Holder[];
  weight: number;
  verdict: 'approved' | 'rejected' | null;
  /** Who gave the verdict, so that they may take it back. */
  decided: Holder | null;
  /** Those of the seat who approved before whoever is asked now, in order. */
  past: { task: TaskId; holder: Holder }[];
}

export interface Decision {
  task: TaskId;
  /** Null: a due action. */
  by: PersonId | null;
  outcome: string;
  /** Who held the task. */
  holder: Holder;
}

/** Who holds a task, and why. */
export interface Holder {
  assignee: PersonId | null;
  pool: string | null;
  explanation: Explanation;
}

/** An open task; a closed one lives in Postgres only. */
export interface Task extends Holder {
  id: TaskId;
  frame: number;
  step: StepId;
  /** Its frame's. */
  item: string | null;
  kind: 'userTask' | 'approval';
  assignment: number;
  /** Epoch ms; while the clock stands, what it was when it stopped. */
  dueAt: number | null;
  /** Outcomes offered, by the `when` of the actions; null: all of the step. */
  outcomes: string[] | null;
  paused: Paused | null;
  clock: Clock;
  /** Epoch ms: up to here its time is in the log as `spent`; null: what was before is not known. */
  countedTo: number | null;
  returnedBy: PersonId | null;
  /** Who may not hold it, as the rules of the step came to when last looked at. */
  never: PersonId[];
  /** Delegated: who gets it back. */
  owner: Holder | null;
}

/** The case stands: what would go on by itself is kept until it is resumed. */
export interface Suspended {
  /** What activities that came to an end meanwhile would have gone on with. */
  agenda: Transition[];
  /** Answers to be taken when it goes on, each with the effect that waits for it. */
  answers: { event: EngineEvent; effect: InFlight }[];
}

/** What is to be done next: a scope goes on to its step, a step frame is done, or a frame's step is opened. */
export type Transition =
  { do: 'enter'; scope: number } | { do: 'open'; frame: number } | { do: 'leave'; frame: number };

/** A task's clock stands; a timer of the kind `resume`, or an incident that holds it, makes it go again. */
interface Paused {
  /** Epoch ms. */
  since: number;
  until: number;
  waitingFor: Party;
  /** The task's other timers, which move by the time it stood. */
  timers: Timer[];
}

/** What a due time is reckoned from, so that it can be reckoned again when a calendar changes. */
export interface Clock {
  /** Epoch ms: where the budget begins; without one, the due time as the record says it. */
  from: number;
  /** ISO 8601 duration. */
  budget: string | null;
  /** Null: wall-clock time. */
  by: DueBy | null;
  /** When it stood, oldest first. */
  stops: { from: number; to: number }[];
  /** Since when it stands with all clocks of the case; null: it does not. */
  standing: number | null;
}

/** A timer that stands with all clocks of the case, and since when. */
interface Held {
  since: number;
  timer: Timer;
}

/** Due times are absolute; the shell arms one native timer for the earliest. */
export interface Timer {
  id: number;
  frame: number;
  /** Null: a timer step's, which has no task. */
  task: TaskId | null;
  /** Epoch ms. */
  at: number;
  /**
   * remind: `index` in the step's list, `count` already sent. due: the due time with its first end action. then: a further or a later
   * end action by its `index`. resume: the end of a pause. wait: a timer step is over. more: a forEach begins further items. catch: a
   * handler or a branch of a race by the key of its branch, which happened `count` times before.
   */
  what:
    | { kind: 'remind'; index: number; count: number }
    | { kind: 'due' }
    | { kind: 'then'; index: number }
    | { kind: 'resume' }
    | { kind: 'wait'; clock?: Clock }
    | { kind: 'more' }
    /** `clock`: of one that is counted in the time of a calendar. */
    | { kind: 'catch'; part: BranchKey; count: number; clock?: Clock };
}

/** Something from outside that a frame waits for: itself (part null: a receive), by a handler, or by a branch of a race. */
export interface Waiting {
  id: number;
  frame: number;
  part: BranchKey | null;
  for:
    /** `early`: takes one that was sent before it opened. */
    | { kind: 'message'; name: string; key: string; early: boolean }
    | { kind: 'signal'; name: string }
    /** `was`: whether it held when it was asked last. */
    | { kind: 'condition'; was: boolean };
}

/** In flight. Frame null: its frame is gone, an activity is let finish and its result is only logged (rule 22). */
export type InFlight =
  | {
      type: 'resolve';
      id: number;
      frame: number;
      step: StepId;
      assign: Assign;
      people: People;
      previous: PersonId | null;
      given: string[] | null;
      never: PersonId[];
      purpose: PeoplePurpose;
    }
  | {
      type: 'activity';
      id: number;
      frame: number | null;
      step: StepId;
      item: string | null;
      activity: string;
      rev: number;
      /** Of a compensation: the effect that it undoes. */
      undoes: number | null;
    }
  | ({ type: 'send'; id: number; frame: number | null; step: StepId; item: string | null; rev: number } & Sent)
  | ({ type: 'call'; id: number; frame: number | null; step: StepId; item: string | null; rev: number } & Called);

/** What a callActivity starts. */
interface Called {
  flow: string;
  waits: boolean;
  /** The case has begun, and its end is waited for. */
  begun?: true;
}

/** What a throw sends; signals have no key. */
export interface Sent {
  kind: 'message' | 'signal';
  name: string;
  key: string | null;
}

/** What the people are for: the step itself, or a task that its end action (by index) hands over. */
export type PeoplePurpose = { for: 'step' } | { for: 'transfer'; task: TaskId; action: number };

/** How a retried incident goes on. */
export type Resume =
  | { do: 'open' }
  | { do: 'transfer'; task: TaskId; action: number }
  /** Finds out again what the task offers, or when it is due. */
  | { do: 'offer'; task: TaskId }
  | { do: 'due'; task: TaskId }
  | { do: 'timer'; timer: Timer }
  /** Finds out again what a frame waits for by one of its parts. */
  | { do: 'arm'; part: BranchKey | null }
  | { do: 'event'; event: EngineEvent; effect: InFlight };

export interface OpenIncident extends Incident {
  frame: number;
  resume: Resume;
}

/** A completed human step on the path that led to where the case is; a return cuts the trail behind its target. */
export interface TrailEntry {
  step: StepId;
  item: string | null;
  outcome: string;
  /** A policy passed it over: nobody saw it, so nobody can be sent back to it. */
  skipped: boolean;
  /** Rev at which it was decided, by which task and whom; 0 and null where it was not kept. */
  rev: number;
  task: TaskId | null;
  by: PersonId | null;
  /** Everybody who approved, of an approval that did. */
  approvers: PersonId[];
}

export interface State {
  v: 4;
  caseId: string;
  status: 'new' | 'running' | 'completed' | 'cancelled';
  outcome: string | null;
  rev: number;
  /** The next id; one counter for frames, tasks, timers, effects and incidents. */
  next: number;
  flowVersion: number;
  community: string | null;
  initiator: PersonId | null;
  /** IANA zone of the community. */
  zone: string;
  /** Calendars that the case reckons by; each replaced as a whole by a change. */
  calendars: WorkingTimesByKey;
  vars: Vars;
  root: Frame | null;
  tasks: Task[];
  timers: Timer[];
  /** All clocks of the case stand (clocks.ts): its timers meanwhile; null: they go. */
  held: Held[] | null;
  effects: InFlight[];
  incidents: OpenIncident[];
  trail: Readonly<TrailEntry>[];
  /** How many items are done of which nothing more is kept, by step with the place of one; `outer`: what their forEach is in. Absent: none. */
  forgotten?: (Place & { outer: string | null; count: number })[];
  /** Who completed each human step last, in a forEach for each item (`placeKey`); outlives the trail, so that returned work finds its previous handler. */
  handlers: Record<string, PersonId>;
  /** How often each human step was decided; outlives the trail. */
  times: Record<StepId, number>;
  /** Who completed the last human step. */
  previous: PersonId | null;
  /** Timers of one moment, in a row, of which each opened a task that was due already: too many go round without end. */
  spins: { at: number; rev: number; count: number };
  /** Service steps that ran at least once, in a forEach for each item (`placeKey`), for `again: skip` (rule 22). */
  ran: string[];
  /** Whom somebody chose for a step, by the step. */
  choices: Choices;
  /** People that the engine names are looked up before they get work. */
  confirmsPeople: boolean;
  /** Completed steps that going back or cancelling would undo, in the order they were done. */
  undoable: Undoable[];
  undoing: Undoing[];
  suspended: Suspended | null;
  /** How the case ends once nothing is left to be undone; null while it goes on. */
  ending: { status: 'completed' | 'cancelled'; outcome: string } | null;
  waits: Waiting[];
  /** Messages and signals that were taken last, so that each happens once. */
  heard: { id: string; rev: number }[];
  /** Withdrawn or cancelled: what the case comes to when its cancel handlers are done. */
  cancelling: { outcome: string } | null;
  /** Jumps since something came from outside, by place (`placeKey`), and when the first was (epoch ms); absent: none. */
  alone?: { since: number; jumps: Record<string, number> };
  /** Another case waits for this one. */
  called?: true;
  /** The error it ended with. */
  error?: string;
}

export function isClosed(state: State): boolean {
  return state.status === 'completed' || state.status === 'cancelled';
}

/** Frames that would go on if the case were not suspended. */
export function heldFrames({ suspended }: State): number[] {
  if (!suspended) return [];
  const next = suspended.agenda.map((each) => (each.do === 'enter' ? each.scope : each.frame));
  return [...next, ...suspended.answers.flatMap(({ effect }) => effect.frame ?? [])];
}

/** Earliest due time, epoch ms; null when no timer waits. */
export function nextDue(state: State): number | null {
  let due: number | null = null;
  for (const timer of state.timers) if (due === null || timer.at < due) due = timer.at;
  return due;
}

/** Every timer that goes or stands with the case; those of a paused task are its own. */
export function allTimers({ timers, held }: State): Timer[] {
  return held === null ? timers : [...timers, ...held.map(({ timer }) => timer)];
}

/** Drops the timers that are not to be kept, whether they go or stand. */
export function keepTimers(state: State, isKept: (timer: Timer) => boolean): void {
  state.timers = state.timers.filter(isKept);
  if (state.held) state.held = state.held.filter(({ timer }) => isKept(timer));
}

/** Visits a frame and all below it, outermost first. */
export function* framesUnder(frame: Frame): Generator<Frame> {
  yield frame;
  for (const child of frame.children) yield* framesUnder(child);
}

/** What everything that is open hangs from: the root, and a frame for each compensation on its way. */
export function rootsOf({ root, undoing }: State): Frame[] {
  return [...(root === null ? [] : [root]), ...undoing.map(({ frame }) => frame)];
}

/** From the root down to a frame, itself last; empty when it is gone. */
export function pathTo(state: State, id: number): Frame[] {
  for (const root of rootsOf(state)) {
    const path = pathBelow(root, id);
    if (path.length > 0) return path;
  }
  return [];
}

function pathBelow(frame: Frame, id: number): Frame[] {
  if (frame.id === id) return [frame];
  for (const child of frame.children) {
    const path = pathBelow(child, id);
    if (path.length > 0) return [frame, ...path];
  }
  return [];
}

export interface Found {
  frame: Frame;
  parent: Frame | null;
}

/** A frame and what holds it; undefined when it is gone. */
export function findFrame(state: State, id: number): Found | undefined {
  for (const root of rootsOf(state)) {
    const found = findBelow(root, null, id);
    if (found) return found;
  }
  return undefined;
}

function findBelow(frame: Frame, parent: Frame | null, id: number): Found | undefined {
  if (frame.id === id) return { frame, parent };
  for (const child of frame.children) {
    const found = findBelow(child, frame, id);
    if (found) return found;
  }
  return undefined;
}

/** Last outcome of each step on the trail, as `outcomes` in expressions. */
export function outcomesOf(state: State): Record<StepId, Json> {
  return Object.fromEntries(state.trail.map((entry) => [entry.step, entry.outcome]));
}

/** `times` in expressions: how often each of the given steps was decided. A step may be named like something that every object has. */
export function timesOf({ times }: State, steps: readonly StepId[]): Record<StepId, number> {
  return Object.fromEntries(steps.map((step) => [step, Object.hasOwn(times, step) ? (times[step] ?? 0) : 0]));
}

/** Whether a command speaks of a task. */
export function isTaskCommand(command: Command): command is Extract<Command, { task: TaskId }> {
  return 'task' in command;
}
