/**
 * What a callActivity starts, as an activity: `flow.call`. Done once the case has begun; its end comes by itself (commands/calls). Its id comes
 * from the effect's, so that it is started once however often this runs.
 */
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { asEngine } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { MOST_DEEP } from '../../workflows/engine/steps/call-activity.ts';
import type { PerformRequest } from '../../workflows/activities.ts';
import { startFromCase } from './start-from-case.ts';

interface Calling {
  request: PerformRequest;
  call: NonNullable<PerformRequest['call']>;
  communityId: string | null;
  fields: Record<string, unknown>;
}

/** @throws ApplicationFailure for good where it may not begin */
export async function callFlow(deps: Deps, { request, call, communityId, fields }: Calling): Promise<void> {
  const { caseId, effect } = request;
  const { child, depth, isGivenUp } = await readCall(deps.db, { caseId, effect });
  // Nobody waits for it any more: it never begins.
  if (isGivenUp) return;
  if (depth > MOST_DEEP) throw ApplicationFailure.nonRetryable(`${depth} calls deep`, 'call_too_deep');
  try {
    await startFromCase(
      deps,
      { id: child, flow: call.flow, fields, communityId, cause: caseId, initiator: null },
      call,
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500 || error.status === 429) throw error;
    throw refusal(error);
  }
}

/** What an error handler may catch: paths and codes only. */
function refusal({ code, errors }: AppError): ApplicationFailure {
  return ApplicationFailure.create({
    type: code === 'not_found' ? 'flow_unknown' : code,
    message: errors.map(({ path, code: why }) => `${path} ${why}`).join(', '),
    nonRetryable: true,
    details: [{ business: true }],
  });
}

interface Call {
  child: string;
  depth: number;
  isGivenUp: boolean;
}

/** Written with the delta that the call came with, which is applied by now. */
function readCall(db: Deps['db'], { caseId, effect }: { caseId: string; effect: number }): Promise<Call> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Call>`
      select child, depth, cancel_at is not null as "isGivenUp" from case_call where parent = ${caseId} and effect = ${effect}`.execute(
      tx,
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`call ${effect} of ${caseId} is not there`);
    return row;
  });
}
