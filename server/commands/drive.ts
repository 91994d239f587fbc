/**
 * Drives one command: sends the Update and applies what the case answers (protocol.md rule 1). Only REFUSED is a refusal; a closed
 * case answers by its result; everything else leaves the command pending for the sweeper. Whoever calls holds the lease.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { commandUpdate, REFUSED, type CommandAnswer, type CommandMessage } from '../../workflows/messages.ts';
import type { Refusal } from '../../workflows/engine/types.ts';
import { asEngine } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { applyDelta } from './apply/index.ts';
import { hurryCalls } from './calls/deliver.ts';
import { answerOfClosedCase } from './closed.ts';
import { heal } from './heal.ts';
import { releaseLease, takeLease } from './lease.ts';
import { loadJob } from './load-job.ts';
import { readAgain } from './migrate-values.ts';
import { refuseCommand } from './refuse.ts';
import type { Driven, Job } from './types.ts';

/** How long a request waits before it is answered 202. */
const deadlineMs = 5000;
const turnPollMs = 20;

export async function drive(deps: Deps, job: Job): Promise<Driven> {
  const until = Date.now() + deadlineMs;
  try {
    if (job.lowestPending < job.n && !(await waitForTurn(deps, job, until))) return await postpone(deps, job, 0);
    const answer = await send(deps, job, until);
    return await settle(deps, job, answer);
  } catch (error) {
    return fail(deps, job, error);
  }
}

/** Commands of a case are driven in order of n: one before ours whose driver is gone is driven here first. */
async function waitForTurn(deps: Deps, { caseId, n }: Job, until: number): Promise<boolean> {
  for (;;) {
    const first = await findLowest(deps, caseId);
    if (first === undefined || first.n >= n) return true;
    if (first.isFree) await driveAbandoned(deps, caseId);
    if (Date.now() + turnPollMs >= until) return false;
    await sleep(turnPollMs);
  }
}

function findLowest({ db }: Deps, caseId: string): Promise<{ n: number; isFree: boolean } | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ n: number; isFree: boolean }>`
      select n, coalesce(lease_until < now(), true) as "isFree" from command
      where case_id = ${caseId} and state = 'pending' order by n limit 1`.execute(tx);
    return rows[0];
  });
}

async function driveAbandoned(deps: Deps, caseId: string): Promise<void> {
  const command = await takeLease(deps.db, caseId);
  const job = command === undefined ? undefined : await loadJob(deps.db, command);
  if (job !== undefined) await drive(deps, job);
}

function send(
  { temporal, config }: Deps,
  { caseId, command, message, start }: Job,
  until: number,
): Promise<CommandAnswer> {
  const options: { args: [CommandMessage]; updateId: string } = { args: [message], updateId: command };
  const run = (): Promise<CommandAnswer> => {
    if (start === null) return temporal.workflow.getHandle(caseId).executeUpdate(commandUpdate, options);
    const startWorkflowOperation = new WithStartWorkflowOperation(start.flow, {
      workflowId: caseId,
      taskQueue: config.temporalTaskQueue,
      args: [start.args],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    return temporal.workflow.executeUpdateWithStart(commandUpdate, { ...options, startWorkflowOperation });
  };
  return temporal.withDeadline(until, run);
}

/** tx2. A command whose event is neither in the answer nor in the log stays pending until a query has brought it. */
async function settle(deps: Deps, { caseId, command, standing }: Job, answer: CommandAnswer): Promise<Driven> {
  const applied = await applyDelta(deps.db, {
    caseId,
    entries: answer.entries,
    ...(answer.open && { open: answer.open }),
    command: { id: command, rev: answer.rev },
    standing,
  });
  if (applied.hasGap || applied.differs)
    await heal(deps, caseId).catch((err: unknown) => {
      deps.log.warn({ err, caseId }, 'case not healed');
    });
  if (applied.tellsOthers) hurryCalls(deps);
  if (applied.isCommandDone) return { state: 'done', answer };
  return postpone(deps, { caseId, command }, 1);
}

async function fail(deps: Deps, job: Job, error: unknown): Promise<Driven> {
  const refusal = refusalOf(error);
  const rebuilt = refusal?.code === 'flow_version_changed' ? await rebuild(deps, job) : undefined;
  if (rebuilt !== undefined) return drive(deps, rebuilt);
  if (refusal?.code === 'case_moved') return driveMoved(deps, job);
  if (refusal !== undefined) return refuseCommand(deps, job, refusal);
  const closed = await answerOfClosedCase(deps, job, error);
  if (closed !== undefined)
    return 'refusal' in closed ? refuseCommand(deps, job, closed.refusal) : settle(deps, job, closed.answer);
  deps.log.info({ err: error, caseId: job.caseId, commandId: job.command }, 'command stays pending');
  return postpone(deps, job, 1);
}

/** The case moved to another version of its flow after tx1: the command from its stored patch, for that one (rule 14). */
async function rebuild({ db }: Deps, { command, message }: Job): Promise<Job | undefined> {
  const job = await loadJob(db, command);
  return job?.message.command.flowVersion === message.command.flowVersion ? undefined : job;
}

/** A migration reads the record as of the case's current rev (rule 14), as soon as the tables have it. */
async function driveMoved(deps: Deps, job: Job): Promise<Driven> {
  const again = (await readAgain(deps.db, job.command)) ? await loadJob(deps.db, job.command) : undefined;
  return again === undefined ? postpone(deps, job, 1) : drive(deps, again);
}

async function postpone(
  { db, log }: Deps,
  { command }: Pick<Job, 'command' | 'caseId'>,
  afterSeconds: number,
): Promise<Driven> {
  // Without Postgres the lease simply runs out.
  await releaseLease(db, command, { afterSeconds, toldLater: true }).catch((err: unknown) => {
    log.warn({ err, commandId: command }, 'lease not released');
  });
  return { state: 'pending' };
}

/** The one failure type that means no. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== REFUSED) return undefined;
  return cause.details?.[0] as Refusal | undefined;
}
