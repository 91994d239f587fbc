/**
 * The ordinary activity `perform` (protocol.md rule 8): waits until the record has reached the rev that caused it, maps the input from the
 * record, calls the activity, and keeps what it answered in the effect row. Of the answer only mentioned fields go back to the engine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { activities, type Activity } from '../../activities/index.ts';
import type { Values } from '../../forms/types.ts';
import type { PerformRequest } from '../../workflows/activities.ts';
import type { ServiceTask } from '../../workflows/engine/flow.gen.ts';
import type { Vars } from '../../workflows/engine/types.ts';
import { mapInput, misfits, patchOf } from '../commands/activity-input.ts';
import { readCaseFields } from '../commands/case-record.ts';
import { varsOf } from '../commands/message.ts';
import { asEngine } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';

interface CaseAt {
  appliedRev: number;
  flow: string;
  version: number;
  communityId: string | null;
  number: string;
  title: string;
}
/** The patch is written last: without it the activity is asked again, and knows by its key what it has done. */
interface Kept {
  patch: Values | null;
}

const pollMs = 100;
const longestWaitMs = 60_000;

export async function perform(
  { db }: Pick<Deps, 'db'>,
  request: PerformRequest,
): Promise<{ vars: Vars; patch: string | null }> {
  const activity = activities.get(request.activity);
  if (activity === undefined)
    throw ApplicationFailure.nonRetryable(`no activity ${request.activity}`, 'activity_unknown');
  const at = await waitForRev(db, request);
  const flow = await getFlow(db, { key: at.flow, version: at.version });
  const step = flow.steps.get(request.step)?.step;
  if (step?.kind !== 'serviceTask') throw ApplicationFailure.nonRetryable('not a service step', 'step_unknown');
  const kept = await readEffect(db, request);
  const patch = kept?.patch ?? (await run(db, { request, activity, at, flow, step }));
  const hasPatch = Object.keys(patch).length > 0;
  return { vars: varsOf(flow, patch), patch: hasPatch ? String(request.effect) : null };
}

async function waitForRev(db: Deps['db'], { caseId, rev }: PerformRequest): Promise<CaseAt> {
  const until = Date.now() + longestWaitMs;
  for (;;) {
    const at = await asEngine(db, async (tx) => {
      const { rows } =
        await sql<CaseAt>`select applied_rev as "appliedRev", flow, flow_version as version, community_id as "communityId",
        number, title from "case" where id = ${caseId}`.execute(tx);
      return rows[0];
    });
    if (at !== undefined && at.appliedRev >= rev) return at;
    if (Date.now() > until) throw ApplicationFailure.retryable(`rev ${rev} is not applied yet`, 'rev_not_applied');
    await sleep(pollMs);
  }
}

function readEffect(db: Deps['db'], { caseId, effect }: PerformRequest): Promise<Kept | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Kept>`select patch from effect where case_id = ${caseId} and id = ${effect}`.execute(tx);
    return rows[0];
  });
}

interface Running {
  request: PerformRequest;
  activity: Activity;
  at: CaseAt;
  flow: PublishedFlow;
  step: ServiceTask;
}

async function run(db: Deps['db'], { request, activity, at, flow, step }: Running): Promise<Values> {
  const { caseId, effect } = request;
  const fields = await asEngine(db, (tx) => readCaseFields(tx, flow.form, caseId));
  const { input, failed } = mapInput(step, flow.form, { ...fields, number: at.number });
  if (failed.length > 0 || misfits(activity, input).length > 0)
    throw ApplicationFailure.nonRetryable(failed[0] ?? 'input does not fit the activity', 'activity_input_invalid');
  await asEngine(db, (tx) =>
    sql`update effect set input = ${jsonOf(input, 'activity_input_too_large')}::jsonb, updated_at = now()
      where case_id = ${caseId} and id = ${effect}`.execute(tx),
  );
  const context = { db, caseId, communityId: at.communityId, idempotencyKey: `${caseId}:${effect}` };
  const output = await activity.run(input, context);
  const patch = patchOf(step, output);
  await asEngine(db, (tx) =>
    sql`update effect set output = ${jsonOf(output, 'activity_output_too_large')}::jsonb,
      patch = ${JSON.stringify(patch)}::jsonb, updated_at = now() where case_id = ${caseId} and id = ${effect}`.execute(
      tx,
    ),
  );
  return patch;
}

/** Characters of JSON that an activity may be given and may answer. */
const longest = 1_000_000;

/** @throws ApplicationFailure with the code, for good: the same would come again */
function jsonOf(value: unknown, code: string): string {
  const text = JSON.stringify(value);
  if (text.length > longest) throw ApplicationFailure.nonRetryable(`${text.length} characters`, code);
  return text;
}
