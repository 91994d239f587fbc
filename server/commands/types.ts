/** The shapes that pass between giving a command (tx1), driving it (rpc) and applying what it did (tx2). */
import type { CaseArgs, CommandAnswer, CommandMessage } from '../../workflows/messages.ts';
import type { Command, Refusal } from '../../workflows/engine/types.ts';
import type { Standing } from './apply/standing.ts';
import type { CaseFacts, Key, TaskFacts } from './facts.ts';
import type { Decider } from './may-decide.ts';

/** Who wants what, and how a repetition of the same wish is known. */
export interface Intention {
  person: string;
  key: Key;
  /** SHA-256 of route parameters and body. */
  requestHash: Buffer;
  /** The program acts on the person's behalf, with the authority of whoever published the flow. */
  isAutomatic?: boolean;
}

export type CommandKind = Command['kind'];
export type CommandArgs = Record<string, unknown>;

/** A command that passed every check of tx1 and is ready to be written. */
export interface Prepared {
  /** Of the command. */
  id: string;
  person: Decider;
  case: CaseFacts;
  kind: CommandKind;
  task: TaskFacts | null;
  /** What the engine's command carries besides its vars. */
  args: CommandArgs;
  /** Full form patch; its mentioned values become the vars. */
  patch: Record<string, unknown> | null;
  /** As it was before, where the table surely takes the patch as it is. */
  record?: Record<string, unknown> | null;
  comment: string | null;
  readRev: number | null;
  deviceAt: string | null;
}

/** A pending command with all that driving it needs. */
export interface Job {
  command: string;
  caseId: string;
  n: number;
  /** Whose commands wait before it: the driver waits for them (rule 1). */
  lowestPending: number;
  message: CommandMessage;
  /** For the first command of a case. */
  start: { flow: string; args: CaseArgs } | null;
  /** What tx1 saw of the case, where nothing else went on in it. */
  standing?: Standing | undefined;
}

export type Driven =
  { state: 'done'; answer: CommandAnswer | null } | { state: 'refused'; refusal: Refusal } | { state: 'pending' };
