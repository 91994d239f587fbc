/**
 * Health check of a container, by exit code: an api is asked whether it is alive, and for a process without a port
 * (`node server/health/probe.ts worker`) Temporal is asked whether a worker polls the task queue.
 */
import { connectTemporal } from '../temporal.ts';
import { readSettings } from '../config.ts';

const recentMs = 90_000;

async function isApiAlive(): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${process.env.PORT ?? '3000'}/healthz`, {
    signal: AbortSignal.timeout(4000),
  });
  return answer.ok;
}

/** Any worker of the queue: which of them is this one Temporal does not tell, but all of them share their fate with the queue. */
async function doesWorkerPoll(): Promise<boolean> {
  const { temporalAddress = '', temporalNamespace, temporalTaskQueue, codecKeys = [] } = readSettings(process.env, []);
  const temporal = connectTemporal({ temporalAddress, temporalNamespace, codecKeys });
  const { connection, workflowService } = temporal.client;
  const request = { namespace: temporalNamespace, taskQueue: { name: temporalTaskQueue } };
  const queue = await connection.withDeadline(Date.now() + 4000, () => workflowService.describeTaskQueue(request));
  await temporal.close();
  return queue.pollers.some((each) => Number(each.lastAccessTime?.seconds ?? 0) * 1000 > Date.now() - recentMs);
}

const check = process.argv[2] === 'worker' ? doesWorkerPoll : isApiAlive;
const isWell = await check().catch(() => false);
process.exit(isWell ? 0 : 1);
