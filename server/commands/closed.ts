/** How a case that is over answers a command that comes late (protocol.md rule 1): by its result, the final picture and the ring. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { CaseResult, CommandAnswer } from '../../workflows/messages.ts';
import type { Refusal } from '../../workflows/engine/types.ts';
import type { Deps } from '../deps.ts';
import { applyDelta } from './apply/index.ts';
import type { Job } from './types.ts';

export type Late = { answer: CommandAnswer } | { refusal: Refusal };

/** Applies what a case that is over had not told when it ended. False: it is not over, or nobody knows. */
export async function applyRest({ db, temporal }: Pick<Deps, 'db' | 'temporal'>, caseId: string): Promise<boolean> {
  const result = await resultOf(temporal, caseId);
  if (result === undefined) return false;
  await applyDelta(db, { caseId, entries: result.entries });
  return true;
}

async function resultOf(temporal: Deps['temporal'], caseId: string): Promise<CaseResult | undefined> {
  const handle = temporal.workflow.getHandle(caseId);
  const description = await handle.describe().catch(() => undefined);
  return description?.status.name === 'COMPLETED' ? ((await handle.result()) as CaseResult) : undefined;
}

/** `undefined`: the case is not over, or nobody knows: the command stays pending. */
export async function answerOfClosedCase({ db, temporal }: Deps, job: Job, error: unknown): Promise<Late | undefined> {
  if (!(error instanceof WorkflowNotFoundError) && !(error instanceof WorkflowExecutionAlreadyStartedError))
    return undefined;
  const result = await resultOf(temporal, job.caseId);
  if (result === undefined) return undefined;
  const { snapshot, ring, entries } = result;
  const known = ring.find(({ id }) => id === job.command);
  const open = { ids: snapshot.tasks.map(({ task }) => task) };
  if (known !== undefined) return { answer: { rev: known.rev, entries, open } };
  await applyDelta(db, { caseId: job.caseId, entries });
  const { status, outcome } = snapshot.case;
  return { refusal: { code: 'case_closed', params: { status, outcome } } };
}
