/**
 * What Temporal knows of a case, read from its histories without a worker: answers of Updates, calls of `project`, what a run handed to
 * the next, and the result hold every delta entry, also those that another state of Postgres had acknowledged and the case forgot.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { ProjectRequest } from '../../workflows/activities.ts';
import type { DeltaEntry } from '../../workflows/engine/types.ts';
import type { CaseArgs, CaseResult, CommandAnswer } from '../../workflows/messages.ts';
import type { Carried } from '../../workflows/shell/case-shell.ts';
import type { There } from './types.ts';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

export interface Run {
  caseId: string;
  runId: string;
  flow: string;
  status: There['status'];
}

/** The newest run of every case that Temporal has on the task queue, open or not. */
export async function listRuns(client: Client, taskQueue: string): Promise<Map<string, Run>> {
  const runs = new Map<string, Run & { startTime: Date }>();
  for await (const each of client.workflow.list({ query: `TaskQueue = "${taskQueue}"` })) {
    const { workflowId: caseId, runId, type: flow, status, startTime } = each;
    const known = runs.get(caseId);
    // An open run is always the newest; of two that began in the same instant one went on in the other.
    if (status.name === 'CONTINUED_AS_NEW' || (known !== undefined && known.startTime > startTime)) continue;
    runs.set(caseId, { caseId, runId, flow, status: statusOf(status.name), startTime });
  }
  return runs;
}

function statusOf(name: string): There['status'] {
  return name === 'RUNNING' ? 'running' : name === 'COMPLETED' ? 'completed' : 'broken';
}

/** Reads a case's histories, from its newest run back to the first that is still kept. */
export async function readThere(client: Client, run: Run): Promise<There> {
  const found: Found = { entries: new Map(), rev: 0, result: null };
  let runId: string | null = run.runId;
  while (runId !== null) runId = await readRun(client, { caseId: run.caseId, runId }, found);
  const entries = [...found.entries.values()].sort((a, b) => a.rev - b.rev);
  const rev = Math.max(found.rev, entries.at(-1)?.rev ?? 0);
  return { ...run, rev, entries, result: found.result?.snapshot ?? null };
}

interface Found {
  entries: Map<number, DeltaEntry>;
  rev: number;
  result: CaseResult | null;
}

/** Gives the run before it, if there is one. */
async function readRun(
  client: Client,
  { caseId, runId }: { caseId: string; runId: string },
  found: Found,
): Promise<string | null> {
  const history = await client.workflow
    .getHandle(caseId, runId)
    .fetchHistory()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  let before: string | null = null;
  for (const event of history?.events ?? []) {
    before = event.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? before;
    await readEvent(client, event, found);
  }
  return before === '' ? null : before;
}

async function readEvent(client: Client, event: HistoryEvent, found: Found): Promise<void> {
  for (const { payloadsOf, read } of readers) {
    const payloads = payloadsOf(event);
    if (payloads) read(found, await decode(client, payloads));
  }
}

/** Where entries stand: which payloads of an event, and what to take from their values. */
interface Reader {
  payloadsOf: (event: HistoryEvent) => Payload[] | null | undefined;
  read: (found: Found, values: unknown[]) => void;
}

const readers: Reader[] = [
  {
    payloadsOf: (event) => event.workflowExecutionStartedEventAttributes?.input?.payloads,
    read: (found, values) => {
      const [, carried] = values as [CaseArgs, Carried?];
      found.rev = Math.max(found.rev, carried?.state.rev ?? 0);
      add(found, carried?.entries);
    },
  },
  {
    payloadsOf: (event) => event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.success?.payloads,
    read: (found, values) => {
      const [answer] = values as [CommandAnswer?];
      add(found, answer?.entries);
    },
  },
  {
    payloadsOf: ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'project' ? scheduled.input?.payloads : null,
    read: (found, values) => {
      const [request] = values as [ProjectRequest?];
      add(found, request?.entries);
    },
  },
  {
    payloadsOf: (event) => event.workflowExecutionCompletedEventAttributes?.result?.payloads,
    read: (found, values) => {
      const [result] = values as [CaseResult];
      found.result ??= result;
      found.rev = Math.max(found.rev, result.snapshot.rev);
      add(found, result.entries);
    },
  },
];

function add({ entries }: Found, more: readonly DeltaEntry[] = []): void {
  for (const entry of more) entries.set(entry.rev, entry);
}

async function decode(client: Client, payloads: Payload[]): Promise<unknown[]> {
  let plain = payloads;
  for (const codec of client.options.loadedDataConverter.payloadCodecs) plain = await codec.decode(plain);
  return plain.map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
}
