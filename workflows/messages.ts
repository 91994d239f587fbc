/**
 * The Temporal messages of a case: what the server sends and what the shell answers. Server and shell share these names and
 * shapes; changing one changes recorded histories.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  ChildEndedEvent,
  ChildEscalatedEvent,
  Command,
  DeltaEntry,
  FlowRef,
  LoadedFlow,
  OpenTasks,
  Place,
  Refusal,
  Snapshot,
  StepId,
  TaskId,
  Vars,
} from './engine/types.ts';

/** Argument of the workflow; its id is the case id and its type the flow's key. */
export interface CaseArgs {
  caseId: string;
  /** Whole where a case starts, so that it begins without asking anybody. A run that goes on has the reference, and loads it. */
  flow: LoadedFlow | FlowRef;
  /** Tests set them low; a case started by the server has none. */
  limits?: CaseLimits;
}

/** When a case continues as new, and how often an activity is tried before it is an incident (rule 13). */
export interface CaseLimits {
  events?: number;
  updates?: number;
  attempts?: number;
}

export interface CommandMessage {
  command: Command;
  /** Highest gap-free rev that Postgres has applied: the shell forgets deltas up to it (rule 3). */
  acked: number;
}

export interface CommandAnswer {
  /** Rev of the command's own event. */
  rev: number;
  /**
   * Entries that Postgres has not acknowledged, the command's own and those of the people it resolved included; of very many the first, and
   * a query brings the others.
   */
  entries: DeltaEntry[];
  /** Absent where entries were left out. */
  open?: OpenTasks;
}

/** A message for the case, or a signal it waits for; its id happens once. */
export interface MessageMessage {
  id: string;
  kind: 'message' | 'signal';
  name: string;
  /** Correlation key of a message; null for a signal. */
  key: string | null;
  /** Of a message whose patch follows the `output` of one wait: that wait, by its id. */
  wait?: number;
  /** The new values of mentioned fields among those its patch writes. */
  vars: Vars;
  /** Id of the stored patch, null for none. */
  patch: string | null;
  acked: number;
}

/** What became of a case that this one has called. */
export interface ChildMessage {
  event: ChildEndedEvent | ChildEscalatedEvent;
  acked: number;
}

/** `taken` false: nothing in the case waits for it. */
export interface MessageAnswer extends Omit<CommandAnswer, 'rev'> {
  /** False: nobody in the case waits for it. */
  taken: boolean;
  /** Of its event; null when it was not taken. */
  rev: number | null;
}

/** What the ring of known commands keeps: an accepted command is answered again, never applied again (rule 2). */
export interface RingEntry {
  id: string;
  n: number;
  /** Rev of the command's event. */
  rev: number;
}

/** Return value of the workflow: how a closed case answers those who come late (rule 1). */
export interface CaseResult {
  snapshot: Snapshot;
  ring: RingEntry[];
  /** Entries that nobody had acknowledged when the case closed. */
  entries: DeltaEntry[];
}

/** A return that somebody thinks of. */
export interface ReturnWish {
  actor: string;
  task: TaskId;
  assignment: number;
  to: StepId;
  /** The items of the target; undefined: the task's own, or none. */
  items?: string[];
  mode: 'redo' | 'straightBack';
}
/** A move of the case that an operator thinks of. */
export interface ModifyWish {
  actor: string;
  cancel: Place[];
  start: Place[];
  compensate: boolean;
}
/** What would become of the open tasks (besides the returned one); nothing of it has happened. */
export type ReturnPlan =
  | { refusal: Refusal }
  | {
      cancels: TaskId[];
      stays: TaskId[];
      /** Service steps whose effects are undone first, in this order. */
      compensates: Place[];
      /** Neither assignee nor pool: people are looked up when it opens. */
      opens: (Place & { assignee: string | null; pool: string | null })[];
    };

/** Failure type of a refused command; `details[0]` is a Refusal. Any other failure leaves the command pending (rule 1). */
export const REFUSED = 'REFUSED';

export const commandUpdate = defineUpdate<CommandAnswer, [CommandMessage]>('command');
/** Tells a case what became of one that it has called; the update id is the notice's. */
export const childUpdate = defineUpdate<MessageAnswer, [ChildMessage]>('child');
/** Delivers a message or a signal; the update id names it and the wait it is for. */
export const messageUpdate = defineUpdate<MessageAnswer, [MessageMessage]>('message');
/** Heals rows after a gap. */
export const snapshotQuery = defineQuery<Snapshot>('snapshot');
/** Entries still held by the shell from the given rev on, for a gap whose delta was lost with its driver. */
export const entriesQuery = defineQuery<DeltaEntry[], [number]>('entries');
/** What a return would do. */
export const returnPlanQuery = defineQuery<ReturnPlan, [ReturnWish]>('returnPlan');

/** What a move by an operator would do. */
export const modifyPlanQuery = defineQuery<ReturnPlan, [ModifyWish]>('modifyPlan');

/** What an activity waits for outside has come, or its time is over: the effect is performed once more, and finds it. */
export const callbackSignal = defineSignal<[number]>('callback');

/** Asks a case to continue as new at its next safe point: under the newest codec key and the newest interpreter (rule 15). */
export const checkpointSignal = defineSignal('checkpoint');
