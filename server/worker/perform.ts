/**
 * The ordinary activity `perform` (protocol.md rule 8): waits until the record has reached the rev that caused it, maps the input from the
 * record, calls the activity, and keeps what it answered in the effect row. Of the answer only mentioned fields go back to the engine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { activities, type Activity } from '../../activities/index.ts';
import { noConnectors } from '../../activities/settings.ts';
import type { Values } from '../../forms/types.ts';
import type { Performed, PerformRequest } from '../../workflows/activities.ts';
import type { Vars } from '../../workflows/engine/types.ts';
import { itemsAround, mapInput, misfits, patchOf, type Call } from '../commands/activity-input.ts';
import { readCaseFields } from '../commands/case-record.ts';
import { openCallback } from '../commands/callbacks/ask.ts';
import { varsOf } from '../commands/message.ts';
import { asEngine } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { answerOf } from './callbacks.ts';
import { callFlow } from './call-flow.ts';
import { tried } from './retries.ts';
import { sendMessage } from './send.ts';
import { startFromCase } from './start-from-case.ts';

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
  input: Values | null;
  output: Values | null;
}

const pollMs = 100;
const longestWaitMs = 60_000;

export async function perform(deps: Deps, request: PerformRequest, attempt = 1): Promise<Performed> {
  if (request.send !== undefined) return throwOut(deps, request, request.send);
  if (request.call !== undefined) return callOut(deps, request, request.call);
  const activity = activities.get(request.activity);
  if (activity === undefined)
    throw ApplicationFailure.nonRetryable(`no activity ${request.activity}`, 'activity_unknown');
  const { db } = deps;
  const at = await waitForRev(db, request);
  const flow = await getFlow(db, { key: at.flow, version: at.version });
  const call = callOf(flow, request);
  const kept = await readEffect(db, request.caseId, request.effect);
  const patch = kept?.patch ?? (await run(deps, { request, attempt, activity, at, flow, call }));
  if (patch === null) return { vars: {}, patch: null, waiting: true };
  const hasPatch = Object.keys(patch).length > 0;
  return { vars: varsOf(flow, patch), patch: hasPatch ? String(request.effect) : null };
}

/** A `throw` step: its payload is mapped from the record like the input of a service. */
async function throwOut(
  deps: Deps,
  request: PerformRequest,
  send: NonNullable<PerformRequest['send']>,
): Promise<{ vars: Vars; patch: null }> {
  const { communityId, fields } = await mapOnce(deps, request);
  await sendMessage(deps, { request, send, communityId, fields });
  return { vars: {}, patch: null };
}

/** A callActivity: done once the case has begun. */
async function callOut(
  deps: Deps,
  request: PerformRequest,
  call: NonNullable<PerformRequest['call']>,
): Promise<{ vars: Vars; patch: null }> {
  const { communityId, fields } = await mapOnce(deps, request);
  await callFlow(deps, { request, call, communityId, fields });
  return { vars: {}, patch: null };
}

/** What a step sends or begins a case with, kept before it does: asked again it is the same, whatever the record says by then. */
async function mapOnce({ db }: Deps, request: PerformRequest): Promise<{ communityId: string | null; fields: Values }> {
  const at = await waitForRev(db, request);
  const flow = await getFlow(db, { key: at.flow, version: at.version });
  const step = flow.steps.get(request.step)?.step as { input?: Record<string, string> } | undefined;
  const record = await asEngine(db, (tx) => readCaseFields(tx, flow.form, request.caseId));
  const { input, failed } = mapInput(step ?? {}, flow.form, {
    ...record,
    number: at.number,
    ...itemsAround(flow, request, record),
  });
  if (failed.length > 0) throw ApplicationFailure.nonRetryable(failed[0] ?? '', 'activity_input_invalid');
  return { communityId: at.communityId, fields: await keepSent(db, request, input) };
}

function keepSent(db: Deps['db'], { caseId, effect }: PerformRequest, input: Values): Promise<Values> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ input: Values }>`
      update effect set input = coalesce(input, ${jsonOf(input, 'activity_input_too_large')}::jsonb), updated_at = now()
      where case_id = ${caseId} and id = ${effect} returning input`.execute(tx);
    return rows[0]?.input ?? input;
  });
}

function callOf(flow: PublishedFlow, { step: id, undoes = null }: PerformRequest): Call {
  const step = flow.steps.get(id)?.step;
  const own = step?.kind === 'serviceTask' ? step : undefined;
  const call = undoes === null ? own : own?.compensate;
  if (!call) throw ApplicationFailure.nonRetryable('not a service step', 'step_unknown');
  return call;
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

function readEffect(db: Deps['db'], caseId: string, effect: number): Promise<Kept | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } =
      await sql<Kept>`select patch, input, output from effect where case_id = ${caseId} and id = ${effect}`.execute(tx);
    return rows[0];
  });
}

interface Running {
  request: PerformRequest;
  /** From 1: how often the activity is tried. */
  attempt: number;
  activity: Activity;
  at: CaseAt;
  flow: PublishedFlow;
  call: Call;
}

/** What a compensation undoes: what its step's activity was given, and what it answered. */
async function undoneBy(db: Deps['db'], { caseId, undoes = null }: PerformRequest): Promise<Values> {
  if (undoes === null) return {};
  const undone = await readEffect(db, caseId, undoes);
  return { effect: { input: undone?.input ?? {}, output: undone?.output ?? {} } };
}

/** Null: it has asked, and waits to be called back. */
async function run(deps: Deps, running: Running): Promise<Values | null> {
  const { request, activity } = running;
  const output =
    activity.callsBack === true ? await answerOf(deps, request, () => ask(deps, running)) : await ask(deps, running);
  return output === null ? null : keep(deps, running, output);
}

async function ask(deps: Deps, { request, attempt, activity, at, flow, call }: Running): Promise<Values> {
  const { db } = deps;
  const { caseId, effect } = request;
  const fields = await asEngine(db, (tx) => readCaseFields(tx, flow.form, caseId));
  const undone = await undoneBy(db, request);
  const values = { ...fields, number: at.number, ...itemsAround(flow, request, fields), ...undone };
  const { input, failed } = mapInput(call, flow.form, values);
  if (failed.length > 0 || misfits(activity, input).length > 0)
    throw ApplicationFailure.nonRetryable(failed[0] ?? 'input does not fit the activity', 'activity_input_invalid');
  await asEngine(db, (tx) =>
    sql`update effect set input = ${jsonOf(input, 'activity_input_too_large')}::jsonb, updated_at = now()
      where case_id = ${caseId} and id = ${effect}`.execute(tx),
  );
  return tried(activity, attempt, () =>
    activity.run(input, {
      db,
      connectors: deps.config.connectors ?? noConnectors,
      caseId,
      communityId: at.communityId,
      idempotencyKey: `${caseId}:${effect}`,
      startCase: (wish) => startFromCase(deps, wish),
      openCallback: (wish) => openCallback(deps, { caseId, effect, activity: activity.name }, wish),
    }),
  );
}

async function keep({ db }: Deps, { request: { caseId, effect }, call }: Running, output: Values): Promise<Values> {
  const patch = patchOf(call, output);
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
