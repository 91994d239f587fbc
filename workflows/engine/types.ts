/**
 * What goes into `step` and what comes out of it: the contract between the pure engine, the Temporal shell that runs it,
 * and the server that applies its deltas. Everything here is JSON. Instants are epoch milliseconds. People appear as ids,
 * fields only where an expression mentions them (protocol.md B): no name, phone or free text ever enters these types.
 */
import type { Json, PersonId, StepId, TaskId, Vars } from './base-types.ts';
import type { Command } from './command-types.ts';
import type { Compiled } from './compile.ts';
import type { Assign, Flow, Party } from './flow.gen.ts';

export type * from './base-types.ts';
export type * from './command-types.ts';

// ---------------------------------------------------------------------------------------------- events

/** A people rule's answer with what explains it: "why is this mine?". */
export interface ResolvedPeople {
  persons: PersonId[];
  explanation: Explanation;
}
export interface Explanation {
  rule: Assign['rule'];
  /** What the rule looked at, as ids and keys. */
  inputs: Record<string, Json>;
  /** Policy that applied: whenEmpty, whenInitiator … or the act that brought it: transferred, returned, delegated, added … */
  policy?: string;
  /** Who did that act. */
  by?: PersonId | null;
  /** The holder stands in for this person. */
  for?: PersonId;
  /** Who was asked instead of whom, the people between them in order. */
  substitutions?: Substitution[];
  /** Absent, and nobody stands in for them. */
  absent?: PersonId[];
  /** Further policies that applied, and to whom. */
  policies?: { policy: string; persons: PersonId[] }[];
}
export interface Substitution {
  for: PersonId;
  to: PersonId;
  /** Substitutes in between, who are absent too. */
  via?: PersonId[];
}

/** One consumed event gives exactly one rev (an event that nothing waits for gives none). */
export type EngineEvent =
  | { type: 'command'; command: Command }
  /** The wall clock reached `nextDue(state)`; fires exactly one timer. The shell sends it again while one is due. */
  | { type: 'timer' }
  | { type: 'resolved'; effect: number; people: ResolvedPeople }
  | { type: 'activityDone'; effect: number; vars: Vars; patch: string | null }
  | { type: 'activityFailed'; effect: number; error: ActivityError }
  | MessageEvent
  | SignalEvent
  | ChildEndedEvent
  | ChildEscalatedEvent;

export interface ActivityError {
  code: string;
  message: string;
  /** It did its work and says no: an error handler of the flow may catch it. Otherwise it failed technically. */
  business?: true;
  /** Of a call: the case that was waited for ended so, and not its start. */
  ended?: true;
}
/** Goes to the wait that it names, or to the one that has waited longest for this name and key. */
export interface MessageEvent {
  type: 'message';
  /** One happens once. */
  id: string;
  name: string;
  key: string;
  /** Whose `output` its patch follows: nobody else takes it. */
  wait?: number;
  /** The new values of mentioned fields among those its patch writes. */
  vars: Vars;
  /** Id of the stored patch, null for none. */
  patch: string | null;
}
/** Goes to all who wait for the name. */
export interface SignalEvent {
  type: 'signal';
  id: string;
  name: string;
  vars: Vars;
  patch: string | null;
}
/** A case that a callActivity waits for is over. */
export interface ChildEndedEvent {
  type: 'childEnded';
  /** The call that started it. */
  effect: number;
  status: 'completed' | 'cancelled';
  outcome: string | null;
  /** Of an error that nobody in it caught: its code. */
  error: string | null;
  vars: Vars;
  /** Id of the stored patch, null for none. */
  patch: string | null;
}
/** Something in such a case was escalated, and nobody there caught it. */
export interface ChildEscalatedEvent {
  type: 'childEscalated';
  effect: number;
  /** One happens once. */
  id: string;
  code: string;
}

// ---------------------------------------------------------------------------------------------- effects

/** What the shell must do because of an event. Ids are from the case's counter and stay the same over continue-as-new. */
export type Effect =
  | {
      type: 'resolve';
      id: number;
      step: StepId;
      assign: Assign;
      community: string | null;
      initiator: PersonId;
      /** Who completed the last human step, for rules relative to them. */
      previous: PersonId | null;
      /** What the engine came to by itself: people to confirm, or what an expression named; null: the rule is to be answered. */
      given: string[] | null;
      /** Never to be asked, nor to stand in. */
      never: PersonId[];
      /** Whether the absent have a substitute; instead of the initiator the head of their department. */
      substitutes: boolean;
      headForInitiator: boolean;
    }
  | {
      type: 'activity';
      id: number;
      step: StepId;
      activity: string;
      /** The activity waits until the case's applied rev reaches this one (rule 8). */
      rev: number;
      /** The rounds and items it is in; null outside of all. */
      item: string | null;
      /** By their names, the items that are no rows: the others are read from the record. */
      items: Record<string, Json>;
      /** Of a compensation: the effect that it undoes; null: the step's own activity. */
      undoes: number | null;
    }
  /** Of a throw; handed over like an activity, and its result comes back as one's. The payload is mapped outside (rule 16). */
  | {
      type: 'send';
      id: number;
      step: StepId;
      kind: 'message' | 'signal';
      name: string;
      /** Of a message; null for a signal. */
      key: string | null;
      rev: number;
      /** The rounds and items it is in, and the items that are no rows, as of an activity. */
      item: string | null;
      items: Record<string, Json>;
    }
  /** Of a callActivity: starts a case. Its start comes back as the result of an activity, its end as an event of its own. */
  | {
      type: 'call';
      id: number;
      step: StepId;
      flow: string;
      /** Whether the step waits until that case is over. */
      waits: boolean;
      rev: number;
      item: string | null;
      items: Record<string, Json>;
    };

// ---------------------------------------------------------------------------------------------- delta

/** The calendar that a due time was reckoned by. */
export interface DueBy {
  calendar: string;
  version: number;
  /** A year on the way to it has no list of days off yet: the hours of the week were taken for it. */
  isGuess: boolean;
  /** Epoch ms: what it was before a change of the calendar moved it; null: none has. */
  before: number | null;
}
/** A stretch of a task's time that is over, and whose it was: rows that are only ever added. */
export interface Spent {
  task: TaskId;
  step: StepId;
  /** pool: nobody has taken it yet. suspended: all clocks of the case stood. Else who was waited for. */
  party: 'holder' | 'pool' | 'suspended' | Party;
  /** Who held it. */
  person: PersonId | null;
  /** Epoch ms. */
  from: number;
  to: number;
  /** Of it within the calendar of its due time; null: that is wall-clock time. */
  workingMs: number | null;
  /** That calendar. Entries of an earlier engine do not say. */
  by?: Pick<DueBy, 'calendar' | 'version'>;
}
export interface OpenedTask {
  task: TaskId;
  step: StepId;
  kind: 'userTask' | 'approval';
  /** The rounds and items it is in, outermost first, as `2/<key>`; null outside of all. Keys are row ids or values. */
  item: string | null;
  /** Person who holds it, or null for a pool. */
  assignee: PersonId | null;
  /** Role whose holders in the community may claim it. */
  pool: string | null;
  assignment: number;
  /** Epoch ms; null: no due time, or its clock stands. */
  dueAt: number | null;
  /** Outcomes offered now, by the `when` of the actions; null: all of the step. */
  outcomes: string[] | null;
  /** Since when and until when its clock stands, epoch ms; null: it goes. */
  pausedAt: number | null;
  pausedUntil: number | null;
  /** Of a task whose clock stands: whom it waits for. */
  waitingFor?: Party | null;
  /** Null: wall-clock time. */
  dueBy?: DueBy | null;
  /** Work sent back: who returned it. */
  returnedBy: PersonId | null;
  /** May not hold, claim or receive it. */
  never: PersonId[];
  explanation: Explanation;
}
/** All of a task that can change, as it is now. */
export interface ChangedTask {
  task: TaskId;
  /** Where a migration moved it to. */
  step?: StepId;
  assignee: PersonId | null;
  pool: string | null;
  assignment: number;
  dueAt: number | null;
  outcomes: string[] | null;
  pausedAt: number | null;
  pausedUntil: number | null;
  never: PersonId[];
  waitingFor?: Party | null;
  dueBy?: DueBy | null;
  explanation: Explanation;
}
export interface ClosedTask {
  task: TaskId;
  step: StepId;
  /** done: somebody (or the due action) decided. cancelled: a return, a sibling's decision, the end of the case. */
  state: 'done' | 'cancelled';
  outcome: string | null;
  by: PersonId | null;
}
export interface Notice {
  /** absent: a rule named somebody who is away or has left, and nobody stands in. */
  kind: 'reminder' | 'overdue' | 'escalation' | 'cc' | 'absent';
  step: StepId;
  task: TaskId | null;
  /** To these people, or to all who hold the role in the case's community, or to whoever holds the task. */
  to: { persons: PersonId[] } | { role: string } | 'holders';
}
export interface Incident {
  id: number;
  step: StepId | null;
  code: string;
  /** Expression, activity, inputs: ids, keys and mentioned values only. */
  detail: Record<string, Json>;
}
export interface CaseChange {
  /** suspended: its clocks stand. cancelling: what it did is being undone first. */
  status: 'running' | 'suspended' | 'cancelling' | 'completed' | 'cancelled';
  outcome: string | null;
  /** Ids of the steps that wait now, in document order. */
  position: StepId[];
  /** Open incidents. */
  incidents: Incident[];
  /** Messages and signals it waits for, all of them; missing in entries of earlier versions. */
  awaits?: Await[];
  /** It ended with this error, which nobody in it caught: whoever waits for it gets it. */
  error?: string;
  /** Of a case that is over: whether another waits for it. Missing in entries of earlier versions. */
  called?: boolean;
}
export interface Await {
  /** Unique in the case, a new one each time it opens. */
  id: number;
  kind: 'message' | 'signal';
  name: string;
  /** Correlation key of a message; null for a signal. */
  key: string | null;
  /** Takes a message that was sent before it opened (rule 25). */
  early: boolean;
  /** Null: a handler of the flow as a whole. */
  step: StepId | null;
  /** Null: the step itself; else the key of its handler's or its race's branch, as in catching.ts. */
  part: string | null;
}
export type LogType =
  | 'case_started'
  | 'case_withdrawn'
  | 'case_cancelled'
  | 'record_amended'
  | 'task_completed'
  | 'task_returned'
  | 'task_transferred'
  | 'task_delegated'
  /** Whoever it was delegated to is done; its owner has it again. */
  | 'task_resolved'
  | 'task_taken_back'
  | 'signers_added'
  | 'signers_removed'
  | 'task_paused'
  /** By hand, or with actor and command null by the timer. */
  | 'task_resumed'
  | 'calendar_changed'
  | 'timer_fired'
  | 'people_resolved'
  | 'activity_done'
  | 'activity_failed'
  | 'message_received'
  | 'signal_received'
  /** A case that the step called has begun, is over, has escalated something. */
  | 'child_started'
  | 'child_ended'
  | 'child_escalated'
  /** What a service step did is undone; `undoes` in its data is the effect. */
  | 'step_compensated'
  | 'compensation_failed'
  | 'incident_retried'
  | 'case_suspended'
  | 'case_resumed'
  /** In its data the outcome it counts as, or `undoes` where a compensation was left out. */
  | 'step_skipped'
  /** From and to which steps an operator moved it. */
  | 'case_modified'
  /** From and to which version of its flow. */
  | 'case_migrated';
/** One past fact of the case log, as the engine knows it; the server adds patch, comment, names and titles. */
export interface LogEvent {
  type: LogType;
  step: StepId | null;
  task: TaskId | null;
  actor: PersonId | null;
  /** Whom the actor stood in for. */
  actingFor?: PersonId;
  /** Command whose patch and comment belong to this event. */
  command: string | null;
  /** outcome, from, to, mode, effect, due action … : ids and keys only. */
  data: Record<string, Json>;
}
/** What one event changed. Entries are applied in any order, each at most once, guarded by `rev` (rule 5). */
export interface DeltaEntry {
  /** From 1, without gaps. */
  rev: number;
  /** The engine's `now` of this event (rule 19). */
  at: number;
  flowVersion: number;
  event: LogEvent;
  /** What the engine consumed: folding the log over these gives the same case again (rule 19). */
  consumed: EngineEvent;
  /** Fields whose values an activity returned; the patch itself lies in the effect row (rule 8). */
  patchEffect: number | null;
  opened: OpenedTask[];
  changed: ChangedTask[];
  closed: ClosedTask[];
  notices: Notice[];
  /** Stretches of tasks' time that ended with this event. */
  spent?: Spent[];
  /** Effects that this event started, so that the server can keep a row for each. */
  effects: Effect[];
  /** Of effects that earlier events started: people whom nobody needs any more. An activity ends with an event of its own. */
  dropped?: number[];
  /** Activities in flight whose step this event closed: a call from outside comes too late for them. */
  late?: number[];
  /** Calls whose cases are waited for no more: they are cancelled. */
  cancels?: number[];
  /** Of a case that another waits for: escalations that nobody in it caught. */
  escalates?: string[];
  case: CaseChange;
}
/** Above 50 open tasks only their count and a checksum travel (rule 5). */
export type OpenTasks = { ids: TaskId[] } | { count: number; checksum: string };

/** A full picture that heals rows, never the log or patches (rule 5). */
export interface Snapshot {
  rev: number;
  flowVersion: number;
  tasks: OpenedTask[];
  case: CaseChange;
}

// ---------------------------------------------------------------------------------------------- step

export interface StepContext {
  /** Epoch ms of the event (rule 19). */
  now: number;
  limits?: StepLimits;
  /** The version that a migration moves the case to. */
  target?: Compiled;
  /** Told of every expression that is evaluated, for whoever explains a run; it changes nothing. */
  traced?: (expression: TracedExpression) => void;
}
/** What an expression came to. */
export interface TracedExpression {
  /** The step that was being worked on; null: the case. */
  step: StepId | null;
  expression: string;
  inputs: Record<string, Json>;
  /** Of a condition its truth, of a moment its epoch ms (null: none); null where it failed. */
  value: Json;
  failed: { code: string; reason: string } | null;
}
export interface StepLimits {
  /** Transitions within one event before it is an incident (design.md section 5). */
  transitions: number;
}
/** A published version, ready to run: the flow with what `compile` found in it. */
export interface FlowRef {
  key: string;
  version: number;
  /** SHA-256 of the canonical JSON of the definition, hex. */
  sha256: string;
}
export interface LoadedFlow extends FlowRef {
  definition: Flow;
  /** Formulas of the form's computed fields that expressions mention, closed over: field → FEEL (rule 16). */
  formulas: Record<string, string>;
  /**
   * Mentioned fields whose JSON is not what FEEL compares: money as a number, dates as dates; columns of a sub-table as
   * `<field>.<column>`. Others are taken as they are.
   */
  types?: Record<string, ValueType>;
}
/** How an expression sees a field's JSON. */
export type ValueType = 'money' | 'date' | 'dateTime' | 'duration';
