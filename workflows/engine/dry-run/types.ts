/**
 * What a dry run is given, what it asks, and what it tells. A dry run plays a case by the engine itself on a virtual clock: nothing that it
 * does leaves it, whoever drives it answers its questions by reading only.
 */
import type { WorkingTimesByKey } from '../calendar/working-times.ts';
import type { BranchKey, Holder, State } from '../state.ts';
import type {
  Choices,
  Effect,
  Incident,
  Json,
  Notice,
  PersonId,
  ResolvedPeople,
  StepId,
  TaskId,
  TracedExpression,
  Vars,
} from '../types.ts';

// ---------------------------------------------------------------------------------------------- given

/** What somebody does, of a step: the run goes on by itself until the step waits for somebody. */
interface OfStep {
  step: StepId;
  /** Who acts, which also says on whose task; absent: whoever holds the first task of the step. */
  by?: PersonId;
}
type ActBody =
  | ({ act: 'complete'; outcome?: string; fields?: Record<string, unknown> } & OfStep)
  | ({ act: 'return'; to: StepId; mode?: 'redo' | 'straightBack' } & OfStep)
  | ({ act: 'transfer' | 'delegate'; to: PersonId } & OfStep)
  | ({ act: 'addSigners'; persons: PersonId[]; where: 'before' | 'after' } & OfStep)
  | ({ act: 'removeSigners'; persons: PersonId[] } & OfStep)
  | ({ act: 'pause'; forMs: number } & OfStep)
  | ({ act: 'resume' } & OfStep)
  /** The last decision of the step. */
  | ({ act: 'takeBack' } & OfStep)
  | { act: 'withdraw' | 'cancel' }
  | { act: 'amend'; fields: Record<string, unknown> }
  /** Comes in as soon as the case waits for it. */
  | ({ act: 'message'; key: string } & Heard)
  | ({ act: 'signal' } & Heard)
  /** Lets time pass. */
  | { act: 'wait' };
interface Heard {
  name: string;
  fields?: Record<string, unknown>;
}
/** `afterMs`: once its step waits the clock moves on so far first, and what falls due meanwhile happens. */
export type Act = ActBody & { afterMs?: number };

/** How a step is decided by itself; null: nobody does, so that its due time shows what follows. */
export type Choice = { outcome?: string; by?: PersonId; fields?: Record<string, unknown> } | null;

export interface Plan {
  /** A case that begins, or one as it stands. */
  from:
    | { initiator: PersonId; community: string | null; zone: string; vars: Vars; calendars?: WorkingTimesByKey }
    | { state: State };
  /** Epoch ms. */
  at: number;
  acts: readonly Act[];
  /** Whether what no act decides is decided by itself: by its holder, with the first outcome that leads on. */
  automatic: boolean;
  /** How long each decision by itself takes. */
  paceMs: number;
  /** By step; of several each time the next, the last for all further times. */
  choices: ReadonlyMap<StepId, readonly Choice[]>;
  /** By the step that asks for it: whom the initiator, or whoever completes an earlier step, chooses. */
  chosen: Choices;
  limits: Limits;
}
export interface Limits {
  /** Entries of the log. */
  events: number;
  /** Decisions that nobody scripted. */
  decisions: number;
  /** Of the virtual clock. */
  timeMs: number;
}

// ---------------------------------------------------------------------------------------------- asked

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>;

/** What only the organisation and the record know. */
export type Question =
  | { ask: 'people'; effect: Of<'resolve'>; at: number }
  /** Somebody of a pool, to act for it. */
  | { ask: 'member'; role: string; at: number }
  /** `isOver`: of one that took its time, which is over now. */
  | { ask: 'activity'; effect: Of<'activity'>; at: number; isOver: boolean }
  /** What a message or signal writes, by all that takes it. */
  | { ask: 'heard'; takers: { step: StepId | null; part: BranchKey | null }[]; fields: Record<string, unknown> }
  /** What a called case comes to: it is never played itself. */
  | { ask: 'call'; effect: Of<'call'>; at: number }
  /** What a decision, or an amendment (step null), writes. */
  | { ask: 'write'; write: Write };
export interface Write {
  step: StepId | null;
  outcome: string | null;
  by: PersonId | null;
  fields: Record<string, unknown>;
  at: number;
}
export type Answer =
  | { people: ResolvedPeople }
  | { member: PersonId | null }
  | { activity: ActivityAnswer }
  | { call: CallAnswer }
  | { vars: Vars }
  /** The people cannot be looked up, or the decision may not be written. */
  | { refused: Refused };
export interface ActivityAnswer {
  input: Record<string, unknown>;
  /** What of the input does not fit the activity, in its own words: in earnest it would be an incident. */
  problems: string[];
  /** What it is taken to answer, or the error it is taken to end with. */
  output: Record<string, unknown>;
  error: string | null;
  /** An error by which it says no, so that a handler may catch it. */
  isBusiness?: boolean;
  vars: Vars;
  /** When it answers, or whoever it asked calls back; else at once. What it writes is asked for then. */
  afterMs?: number;
}
/** `output`: of the case as it ends; `error`: it ends with, or `cancelled`. */
export interface CallAnswer extends ActivityAnswer {
  outcome: string;
}
/** A refusal of the engine, or of whoever answers. */
export interface Refused {
  code: string;
  params: Record<string, unknown>;
}

// ---------------------------------------------------------------------------------------------- told

export interface Account {
  end: End;
  events: EventTold[];
  tasks: TaskTold[];
  conditions: ConditionTold[];
  activities: ActivityTold[];
  notices: NoticeTold[];
  /** Timers of steps. */
  waits: WaitTold[];
  /** Where the case stands at the end, in document order. */
  position: StepId[];
  incidents: Incident[];
}
interface EndAt {
  at: number;
}
export type End = EndAt &
  (
    | { why: 'completed' | 'cancelled'; outcome: string | null }
    /** Nothing goes on by itself: somebody must act, or something must come. */
    | { why: 'waiting' }
    /** Stopped, with nothing else to do. */
    | { why: 'incident' }
    /** An act, by its index, or a choice (null) was refused. */
    | { why: 'refused'; act: number | null; step: StepId | null; refused: Refused }
    | { why: 'limit'; limit: keyof Limits; most: number }
  );

interface Told {
  rev: number;
  /** Epoch ms of the virtual clock. */
  at: number;
}
interface EventTold extends Told {
  type: string;
  step: StepId | null;
  task: TaskId | null;
  actor: PersonId | null;
  data: Record<string, Json>;
}
export interface HolderTold extends Holder, Told {}
export interface TaskTold {
  task: TaskId;
  step: StepId;
  kind: 'userTask' | 'approval';
  /** The rounds it is in. */
  item: string | null;
  openedAt: number;
  dueAt: number | null;
  /** What falls due of it, as it was last known. */
  planned: PlannedTold[];
  /** Who had it and why, one after another. */
  holders: HolderTold[];
  outcomes: string[] | null;
  /** Of a pool that nobody belongs to. */
  nobody: boolean;
  state: 'open' | 'done' | 'cancelled';
  closedAt: number | null;
  outcome: string | null;
  by: PersonId | null;
}
export interface PlannedTold {
  at: number;
  /** A reminder, or an end action by its name. */
  does: string;
  /** Role, step or outcome of the end action. */
  to: string | null;
}
export interface ConditionTold extends Told, TracedExpression {
  /** Where in the step it stands; null: in several places. */
  property: string | null;
}
interface ActivityTold extends Told, Omit<ActivityAnswer, 'vars' | 'afterMs' | 'isBusiness'> {
  step: StepId;
  activity: string;
  /** Of a callActivity: which it calls. */
  flow: string | null;
}
export interface NoticeTold extends Told {
  kind: Notice['kind'];
  step: StepId;
  task: TaskId | null;
  persons: PersonId[];
  /** All who hold it. */
  role: string | null;
}
export interface WaitTold extends Told {
  step: StepId;
  until: number;
}
