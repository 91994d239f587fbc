/**
 * Asks every running case to continue as new at its next safe point (protocol.md rule 15), so that no history holds payloads under an
 * old key or steps of an old interpreter. Which cases are left is asked of Temporal by the begin of their run: a checkpoint that was
 * broken off goes on where it was, and asking a case twice does no harm.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { sql } from 'kysely';
import { checkpointSignal } from '../../workflows/messages.ts';
import type { Deps } from '../deps.ts';
import { countRunning, forEach, listRunning } from './cases.ts';

interface Progress {
  total: number;
  left: number;
}
interface Options {
  /** Told about every two seconds. */
  onProgress: (progress: Progress) => void;
  /** Without any case going on for so long, the rest is given up. */
  patienceMs: number;
  /** Begin anew, even if an earlier checkpoint was broken off. */
  again?: boolean;
}

export interface Continued extends Progress {
  startedAt: Date;
  /** Some of those that did not go on, for a person to look at. */
  stuck: string[];
}

const atOnce = 20;
const settingKey = 'checkpoint';

export async function continueAll(deps: Deps, { onProgress, patienceMs, again = false }: Options): Promise<Continued> {
  const { temporal, config } = deps;
  const { startedAt, total } = await begin(deps, again);
  const cases = { taskQueue: config.temporalTaskQueue, before: startedAt };
  await forEach(listRunning(temporal, cases), atOnce, ({ caseId, runId }) => ask(deps, caseId, runId));
  let left = await countRunning(temporal, cases.taskQueue, startedAt);
  let movedAt = Date.now();
  while (left > 0 && Date.now() - movedAt < patienceMs) {
    onProgress({ total, left });
    await sleep(Math.min(2000, patienceMs / 4));
    const now = await countRunning(temporal, cases.taskQueue, startedAt);
    if (now < left) movedAt = Date.now();
    left = now;
  }
  onProgress({ total, left });
  if (left === 0) await finish(deps);
  return { startedAt, total, left, stuck: left === 0 ? [] : await firstOf(deps, startedAt) };
}

/** Told by the run it was meant for only: a case that has gone on already is not asked again. */
async function ask({ temporal }: Deps, caseId: string, runId: string): Promise<void> {
  await temporal.workflow
    .getHandle(caseId, runId)
    .signal(checkpointSignal)
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
}

interface Begun {
  startedAt: Date;
  total: number;
}

async function begin({ adminDb, temporal, config }: Deps, again: boolean): Promise<Begun> {
  const { rows } = await sql<{ value: { startedAt: string; total: number } }>`
    select value from setting where key = ${settingKey} and not ${again}::boolean`.execute(adminDb);
  const [kept] = rows;
  if (kept !== undefined) return { startedAt: new Date(kept.value.startedAt), total: kept.value.total };
  const startedAt = new Date();
  const total = await countRunning(temporal, config.temporalTaskQueue, startedAt);
  const value = JSON.stringify({ startedAt: startedAt.toISOString(), total });
  await sql`insert into setting (key, value) values (${settingKey}, ${value}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(adminDb);
  return { startedAt, total };
}

async function finish({ adminDb }: Deps): Promise<void> {
  await sql`delete from setting where key = ${settingKey}`.execute(adminDb);
}

async function firstOf({ temporal, config }: Deps, before: Date): Promise<string[]> {
  const ids: string[] = [];
  for await (const { caseId } of listRunning(temporal, { taskQueue: config.temporalTaskQueue, before })) {
    ids.push(caseId);
    if (ids.length === 20) break;
  }
  return ids;
}
