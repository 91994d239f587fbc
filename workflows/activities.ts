/**
 * The internal activities the shell calls; `server/worker` implements them. loadFlow and resolvePeople only read, as local activities
 * (loadFlow as an ordinary one where that fails); project and perform are ordinary ones, dispatched once their workflow task is durable (rule 4).
 */
import type { Assign } from './engine/flow.gen.ts';
import type {
  DeltaEntry,
  FlowRef,
  Json,
  LoadedFlow,
  OpenTasks,
  PersonId,
  ResolvedPeople,
  StepId,
  Vars,
} from './engine/types.ts';

export interface ResolveRequest {
  caseId: string;
  assign: Assign;
  community: string | null;
  initiator: PersonId;
  /** Who completed the last human step. */
  previous: PersonId | null;
  /** As in the effect. Left out by cases that began before. */
  given?: string[] | null;
  never?: PersonId[];
  substitutes?: boolean;
  headForInitiator?: boolean;
}

export interface ProjectRequest {
  caseId: string;
  /** Entries nobody has acknowledged, in order of rev: as many as one message takes. */
  entries: DeltaEntry[];
  /** Absent where entries were left for the next message. */
  open?: OpenTasks;
}

/**
 * The queue that `project` is taken from, of workers that take the rest from `main`: what waits for the tables to be brought up to date may
 * hold every slot of the rest, and would wait for itself.
 */
export function projectQueue(main: string): string {
  return `${main}.project`;
}

export interface PerformRequest {
  caseId: string;
  /** Id of the effect; `<caseId>:<effect>` is the idempotency key, the same over retries and over continue-as-new. */
  effect: number;
  step: StepId;
  activity: string;
  /** The record must have reached this rev before the input is mapped (rule 8). */
  rev: number;
  /** The rounds and items it is in, and by their names the items that are no rows. Calls of an earlier engine have none. */
  item?: string | null;
  items?: Record<string, Json>;
  /** Of a throw, whose activity is `message.send` or `signal.send`: to whom. */
  send?: { name: string; key: string | null };
  /** Of a callActivity, whose activity is `flow.call`: the flow, and whether the step waits for the case. */
  call?: { flow: string; waits: boolean };
  /** Of a compensation: the effect that it undoes; absent or null: the step's own activity. */
  undoes?: number | null;
  /** Nothing is done any more: the answer if it came, else it is waited for no longer and fails with `cancelled`. */
  close?: true;
}

export interface Performed {
  vars: Vars;
  patch: string | null;
  /** It has asked somebody outside, who calls back: it is performed again when they have (`callback` in messages.ts). */
  waiting?: true;
}

export interface CaseActivities {
  /** Reads a published version. Retried until it succeeds. */
  loadFlow(ref: FlowRef): Promise<LoadedFlow>;
  /** Reads the organisation. A failure after its retries is an incident. */
  resolvePeople(request: ResolveRequest): Promise<ResolvedPeople>;
  /** Applies deltas nobody waits for; retried without end. Answers the highest gap-free rev applied. */
  project(request: ProjectRequest): Promise<{ acked: number }>;
  /**
   * Calls one activity of the flow. The type of a failure becomes the code of the incident; `nonRetryable` stops at once.
   * `vars`: new values of mentioned fields; `patch`: id of the stored patch of the record, null for none.
   */
  perform(request: PerformRequest): Promise<Performed>;
}
