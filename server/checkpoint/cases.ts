/** Cases as Temporal lists them, and the keys that stand in their histories. Nothing is decrypted here. */
import type { Client } from '@temporalio/client';

export interface RunningCase {
  caseId: string;
  runId: string;
}

/** Running cases of one task queue; `before`: only runs that began before that instant. */
export async function* listRunning(
  client: Client,
  { taskQueue, before }: { taskQueue: string; before?: Date | undefined },
): AsyncGenerator<RunningCase> {
  for await (const { workflowId, runId } of client.workflow.list({ query: queryOf(taskQueue, before) }))
    yield { caseId: workflowId, runId };
}

export async function countRunning(client: Client, taskQueue: string, before?: Date): Promise<number> {
  return (await client.workflow.count(queryOf(taskQueue, before))).count;
}

function queryOf(taskQueue: string, before: Date | undefined): string {
  const running = `ExecutionStatus = "Running" AND TaskQueue = "${taskQueue}"`;
  return before === undefined ? running : `${running} AND StartTime < "${before.toISOString()}"`;
}

/** Ids of the codec keys of every payload in the run's history. A run that has ended meanwhile has none that matters. */
export async function keysOfRun(client: Client, { caseId, runId }: RunningCase): Promise<Set<string>> {
  const keys = new Set<string>();
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: caseId, runId },
      nextPageToken,
    });
    collectKeys(page.history, keys);
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  return keys;
}

/** Payloads stand at many places of an event: whatever has metadata with a key id is one. */
function collectKeys(part: unknown, keys: Set<string>): void {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return;
  const id = (part as { metadata?: Record<string, unknown> | null }).metadata?.['key-id'];
  if (id instanceof Uint8Array) keys.add(Buffer.from(id).toString());
  for (const value of Object.values(part)) collectKeys(value, keys);
}

/** `work` on each, at most `atOnce` at a time. */
export async function forEach<T>(
  all: AsyncIterable<T>,
  atOnce: number,
  work: (each: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for await (const each of all) {
    const one = work(each).finally(() => underWay.delete(one));
    underWay.add(one);
    if (underWay.size >= atOnce) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}
