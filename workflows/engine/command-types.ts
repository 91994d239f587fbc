/** Commands: what people and operators ask of a case, and why it is refused. */
import type { Json, PersonId, StepId, TaskId, Vars } from './base-types.ts';
import type { WorkingTimesByKey } from './calendar/working-times.ts';
import type { Party } from './flow.gen.ts';

interface CommandBase {
  /** The server's id of the command row; also the Temporal update id and the entry in the ring. */
  id: string;
  /** Order of the command within its case, from 1. */
  n: number;
  /** Lowest `n` of the case that is still pending: the ring forgets only below it (rule 2). */
  lowestPending: number;
  /** Who acts. Null: the system (a schedule, an operator's script). */
  actor: PersonId | null;
  /** Version of the flow the server built this command for (rule 14). */
  flowVersion: number;
  /** The new values of mentioned fields among those the command's patch writes. */
  vars: Vars;
}
interface TaskCommandBase extends CommandBase {
  task: TaskId;
  /** The assignment number the person saw; another one is refused (rule 11). */
  assignment: number;
}
/** Always the first command of a case. */
export interface StartCommand extends CommandBase {
  kind: 'start';
  community: string | null;
  initiator: PersonId;
  /** IANA zone of the community. */
  zone: string;
  /** Whom the initiator chose, by the step that asks for it. */
  choices?: Choices;
  /** People that the engine names are looked up before they get work, so that the absent have a substitute. Older cases did without. */
  confirmsPeople?: true;
  /** Working times of the calendars that the flow names. */
  calendars?: WorkingTimesByKey;
  /** Another case waits for it: what nobody in it catches goes there. */
  called?: true;
}
/** People chosen for later steps, in order. */
export type Choices = Record<StepId, PersonId[]>;
export interface CompleteCommand extends TaskCommandBase {
  kind: 'complete';
  outcome: string;
  /** Whom this handler chose for later steps. */
  choices?: Choices;
}
interface ReturnCommand extends TaskCommandBase {
  kind: 'return';
  to: StepId;
  /** The rounds and items of the target, where it stands in a forEach that the task is not in (rule 21). */
  item?: string | null;
  /** Several of them at once instead, to do the rest of each again. */
  items?: string[];
  mode: 'redo' | 'straightBack';
}
interface TransferCommand extends TaskCommandBase {
  kind: 'transfer';
  to: PersonId;
  /** Work of somebody who leaves, or is away: whatever the step allows. */
  as?: 'handOver' | 'substitute';
}
/** Stops the task's clock while something outside is waited for; its holder stays. */
export interface PauseCommand extends TaskCommandBase {
  kind: 'pause';
  /** Epoch ms at which it goes on by itself; at most the step's `pause.max` from now, which the engine holds to. */
  until: number;
  /** Whom the work waits for; `other` when not given. */
  waitingFor?: Party;
}
interface ResumeCommand extends TaskCommandBase {
  kind: 'resume';
}
/** Lets somebody else work on it; it comes back to who delegated. */
interface DelegateCommand extends TaskCommandBase {
  kind: 'delegate';
  to: PersonId;
}
/** Asks more people in the holder's seat of an approval, in this order. */
interface AddSignersCommand extends TaskCommandBase {
  kind: 'addSigners';
  persons: PersonId[];
  where: 'before' | 'after';
}
/** Asks no more those who were added to the seat that the task is in. */
interface RemoveSignersCommand extends TaskCommandBase {
  kind: 'removeSigners';
  persons: PersonId[];
}
/** Whoever decided a task takes the decision back while nobody has gone on. */
interface TakeBackCommand extends CommandBase {
  kind: 'takeBack';
  /** The closed task. */
  decided: TaskId;
}
interface WithdrawCommand extends CommandBase {
  kind: 'withdraw';
}
/** An operator ends the case. */
interface CancelCommand extends CommandBase {
  kind: 'cancel';
}
/** An operator stops the case: no act, no clock, no new work until it is resumed. */
interface SuspendCommand extends CommandBase {
  kind: 'suspend';
}
interface ResumeCaseCommand extends CommandBase {
  kind: 'resumeCase';
}
/** An operator passes over a step that waits, or leaves out what an incident stopped. */
export interface SkipCommand extends CommandBase {
  kind: 'skip';
  /** The step that waits; null where an incident is named. */
  step: StepId | null;
  /** Its rounds, where it waits in several; null: in the only one. */
  item: string | null;
  incident: number | null;
  /** Of a human step: what it counts as. */
  outcome: string | null;
}
/** Calendars that were changed: open due times are reckoned again from where their clocks began. */
export interface RecalendarCommand extends CommandBase {
  kind: 'recalendar';
  calendars: WorkingTimesByKey;
}
/** Changes the record of a running case outside any task (rule 9). */
interface AmendCommand extends CommandBase {
  kind: 'amend';
}
/** Runs again what an incident stopped. */
export interface RetryCommand extends CommandBase {
  kind: 'retry';
  incident: number;
}
/** A step in the tree; `item` its rounds, null outside every loop, or for the only ones. */
export interface Place {
  step: StepId;
  item: string | null;
}
/** An operator moves the case: takes work away and begins it elsewhere, in one act. */
export interface ModifyCommand extends CommandBase {
  kind: 'modify';
  cancel: Place[];
  start: Place[];
  /** Whether what service steps did is undone where it goes back over them. */
  compensate: boolean;
}
/** An operator lets the case go on under another version of its flow (rule 14). */
export interface MigrateCommand extends CommandBase {
  kind: 'migrate';
  /** `vars` are the values of all fields that it mentions, as of `readRev`. */
  to: { key: string; version: number; sha256: string };
  readRev: number;
  /** Steps that are called otherwise there. */
  mapping: Record<StepId, StepId>;
  /** Whether clocks that go keep their time, or begin anew. */
  timers: 'keep' | 'reset';
  /** Working times of the calendars that it names. */
  calendars: WorkingTimesByKey;
}
export type Command =
  | StartCommand
  | CompleteCommand
  | ReturnCommand
  | TransferCommand
  | PauseCommand
  | ResumeCommand
  | DelegateCommand
  | AddSignersCommand
  | RemoveSignersCommand
  | TakeBackCommand
  | WithdrawCommand
  | CancelCommand
  | SuspendCommand
  | ResumeCaseCommand
  | SkipCommand
  | ModifyCommand
  | MigrateCommand
  | AmendCommand
  | RecalendarCommand
  | RetryCommand;

/** Why a command is refused; `code` is snake_case and becomes the `code` of a problem document. */
export interface Refusal {
  code:
    | 'task_closed'
    | 'assignment_changed'
    | 'case_closed'
    | 'already_started'
    | 'unknown_outcome'
    | 'action_not_offered'
    | 'act_not_allowed'
    | 'return_target_invalid'
    | 'signer_already'
    | 'signer_unknown'
    | 'choice_invalid'
    | 'never_handles'
    | 'take_back_too_late'
    | 'flow_version_changed'
    | 'incident_unknown'
    | 'values_too_large'
    | 'case_ending'
    | 'case_suspended'
    | 'not_suspended'
    | 'step_not_waiting'
    | 'modify_invalid'
    | 'migrate_refused'
    | 'case_moved'
    | 'calendar_known'
    | 'party_not_offered'
    | 'engine_error';
  params: Record<string, Json>;
}
