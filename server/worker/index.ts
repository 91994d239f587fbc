/**
 * The worker: runs cases and their activities, and sweeps up what a crash left. It outlives a restart of Temporal: the connection is
 * made again for as long as it takes.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { NativeConnection, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import { projectQueue, type CaseActivities, type ProjectRequest } from '../../workflows/activities.ts';
import { warnOfMissingYears } from '../calendars/warn.ts';
import { createCodec, createDataConverter } from '../codec.ts';
import { sweep } from '../commands/sweep.ts';
import type { Deps } from '../deps.ts';
import type { Log } from '../log.ts';
import { buildWorkflowBundle, cachedBundle, interpreterId } from '../services/bundle-cache.ts';
import { relieveAbsent } from './absences.ts';
import { whileAlive } from './alive.ts';
import { loadFlow } from './load-flow.ts';
import { perform } from './perform.ts';
import { project } from './project.ts';
import { resolvePeople } from './resolve-people.ts';
import { startSweeper } from './sweeper.ts';

export interface RunningWorker {
  /** Lets activities end; cases go on elsewhere or later. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  /** Default: the id of this program's sources. */
  interpreter?: string;
  /** Tests build the bundle once for all. */
  bundlePath?: string;
  /** 0: replays from history at every task. */
  maxCachedWorkflows?: number;
  /** Activities at a time, besides `project`. */
  maxActivities?: number;
  /** Null: no sweeper. */
  sweepEveryMs?: number | null;
}

const stickyTimeoutMs = 2500;
const shutdownGraceMs = 5000;
const retryMs = 1000;
const sweepEveryMs = 1000;
/** Missing years, and work whose holder is away, are looked for so often. */
const warnEveryMs = 3_600_000;

/** Comes back when the worker polls. @throws when workflows cannot be bundled or the platform would break replay */
export async function startWorker(deps: Deps, options: WorkerOptions = {}): Promise<RunningWorker> {
  refuseNativeTemporal();
  installRuntime(deps.log);
  const codePath = options.bundlePath ?? (await cachedBundle(join(deps.config.dataDir, 'bundle'), buildWorkflowBundle));
  const life = new AbortController();
  const every = options.sweepEveryMs === undefined ? sweepEveryMs : options.sweepEveryMs;
  const sweeper =
    every === null ? undefined : startSweeper({ everyMs: every, log: deps.log, sweep: () => sweep(deps) });
  const warner =
    every === null ? undefined : startSweeper({ everyMs: warnEveryMs, log: deps.log, sweep: () => lookAround(deps) });
  const first = Promise.withResolvers<undefined>();
  const running = keepRunning(deps, {
    codePath,
    options,
    life: life.signal,
    onReady: () => {
      first.resolve(undefined);
    },
  });
  await Promise.race([first.promise, running]);
  return {
    async stop() {
      life.abort();
      await Promise.all([sweeper?.stop(), warner?.stop(), running]);
    },
  };
}

async function lookAround(deps: Deps): Promise<void> {
  await relieveAbsent(deps);
  await warnOfMissingYears(deps, new Date());
}

interface Running {
  codePath: string;
  options: WorkerOptions;
  life: AbortSignal;
  onReady: () => void;
}

async function keepRunning(deps: Deps, running: Running): Promise<void> {
  const { life } = running;
  while (!life.aborted) {
    try {
      await runOnce(deps, running);
    } catch (err) {
      deps.log.warn({ err }, 'worker lost Temporal; connecting again');
      await sleep(retryMs, undefined, { signal: life }).catch(() => undefined);
    }
  }
}

async function runOnce(deps: Deps, { codePath, options, life, onReady }: Running): Promise<void> {
  const { config } = deps;
  const connection = await NativeConnection.connect({ address: config.temporalAddress });
  try {
    const activities = createActivities(deps);
    const common = {
      connection,
      namespace: config.temporalNamespace,
      dataConverter: createDataConverter(createCodec(config.codecKeys)),
      shutdownGraceTime: shutdownGraceMs,
    };
    const cases = await Worker.create({
      ...common,
      taskQueue: config.temporalTaskQueue,
      workflowBundle: { codePath },
      // No versioning: it only says which interpreter a run has seen (/api/upgrade).
      workerDeploymentOptions: {
        version: { deploymentName: 'guanjia', buildId: options.interpreter ?? interpreterId() },
        useWorkerVersioning: false,
      },
      // `project` too: runs of earlier versions ask for it here.
      activities: { ...activities },
      stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
      reuseV8Context: true,
      ...(options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows }),
      ...(options.maxActivities === undefined ? {} : { maxConcurrentActivityTaskExecutions: options.maxActivities }),
    });
    const tables = await Worker.create({
      ...common,
      taskQueue: projectQueue(config.temporalTaskQueue),
      activities: { project: (request: ProjectRequest) => activities.project(request) },
    });
    await runTogether([cases, tables], life, onReady);
  } finally {
    await connection.close();
  }
}

/** Until told to stop; where one ends by itself, so do the others. */
async function runTogether(workers: readonly Worker[], life: AbortSignal, onReady: () => void): Promise<void> {
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  life.addEventListener('abort', stop, { once: true });
  const runs = workers.map((worker) => worker.run().finally(stop));
  onReady();
  if (life.aborted) stop();
  const ends = await Promise.allSettled(runs);
  life.removeEventListener('abort', stop);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The internal activities; those a flow names run inside `perform`. */
function createActivities(deps: Deps): CaseActivities {
  return {
    loadFlow: (ref) => loadFlow(deps, ref),
    resolvePeople: (request) => resolvePeople(deps, request),
    project: (request) => project(deps, request),
    perform: (request) => {
      const context = Context.current();
      const heartbeat = (): void => {
        context.heartbeat();
      };
      return whileAlive(heartbeat, () => perform(deps, request, context.info.attempt));
    },
  };
}

/** FEEL's polyfill would take the native clock, which is not deterministic in a workflow (sdk-typescript#2269). */
function refuseNativeTemporal(): void {
  if ('Temporal' in globalThis) throw new Error('this Node.js has a native Temporal: run Guanjia on Node 24');
}

let isInstalled = false;

/** Once a process; the SDK's own lines go to our log. */
function installRuntime(log: Log): void {
  if (isInstalled) return;
  isInstalled = true;
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Record<string | symbol, unknown>) => {
      log[level]({ ...meta }, message);
    };
  Runtime.install({
    // main.ts ends the process in order; a worker that ended itself on a signal would be started again meanwhile.
    shutdownSignals: [],
    logger: {
      log: (level, message, meta) => {
        write(level.toLowerCase() as 'info')(message, meta);
      },
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
}
