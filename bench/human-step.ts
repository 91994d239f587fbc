/**
 * What a human step costs, beside the two workflows one would write by hand, in one run on one machine: latency from an act to the next
 * task's row, finished two-step flows a second, CPU time a flow at most clients (on a busy machine the steadier of the two), history events
 * a command, rows and commits a flow. Prints one table.
 *
 * All three check the request in one transaction as the acting person (key, authority, fields), write the same rows as the engine role, and
 * allocate the number in the transaction that uses it. None goes through HTTP, and the hand-written ones send no live hints, keep no
 * hash chain, no patches by field and no deltas: that much more Guanjia does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { baseline } from './human-step/baseline.ts';
import type { Contender } from './human-step/contender.ts';
import { readCpu, type Cpu } from './human-step/cpu.ts';
import { guanjia } from './human-step/guanjia.ts';
import { openStage, type Stage } from './human-step/stage.ts';

/** By as many clients as are measured: whoever comes first must not pay for all connections and for code that is not compiled yet. */
const warmUp = 160;
const measured = 100;
const clients = [1, 8, 16];
const secondsEach = 4;
const commandsAFlow = 3;

interface Result {
  name: string;
  startMs: number[];
  stepMs: number[];
  flowsPerSecond: number[];
  /** Milliseconds a flow. */
  cpu: Cpu;
  eventsPerCommand: number;
  rowsPerFlow: number;
  commitsPerFlow: number;
}

const stage = await openStage();
try {
  const results: Result[] = [];
  for (const open of [
    () => guanjia(stage),
    () => baseline(stage, 'errandByActivity', '(a) Update, ordinary activity'),
    () => baseline(stage, 'errandByLocalActivity', '(b) Update, local activity'),
  ]) {
    const contender = await open();
    process.stderr.write(`${contender.name} …\n`);
    results.push(await measure(stage, contender));
    await contender.stop();
  }
  print(results);
} finally {
  await stage.close();
}

async function measure({ deps, services }: Stage, contender: Contender): Promise<Result> {
  await warm(contender);
  const before = await readCounters(deps.adminDb);
  const startMs: number[] = [];
  const stepMs: number[] = [];
  let last = '';
  for (let i = 0; i < measured; i++) {
    const began = performance.now();
    const started = await contender.start();
    startMs.push(performance.now() - began);
    const stepBegan = performance.now();
    const next = await contender.first(started);
    stepMs.push(performance.now() - stepBegan);
    await contender.second(next);
    last = next.id;
  }
  const after = await readCounters(deps.adminDb);
  const { events } = await deps.temporal.workflow.getHandle(last).fetchHistory();
  const flowsPerSecond: number[] = [];
  let cpu: Cpu = { node: Number.NaN, postgres: Number.NaN, temporal: Number.NaN };
  for (const n of clients) {
    const cpuBefore = readCpu(services);
    const { flows, seconds } = await throughput(contender, n);
    flowsPerSecond.push(flows / seconds);
    cpu = spent(cpuBefore, readCpu(services), flows);
  }
  return {
    name: contender.name,
    startMs,
    stepMs,
    flowsPerSecond,
    cpu,
    // Without the two that every workflow has: started and completed.
    eventsPerCommand: ((events?.length ?? 0) - 2) / commandsAFlow,
    rowsPerFlow: (after.rows - before.rows) / measured,
    commitsPerFlow: (after.commits - before.commits) / measured,
  };
}

async function runFlow(contender: Contender): Promise<void> {
  await contender.second(await contender.first(await contender.start()));
}

async function warm(contender: Contender): Promise<void> {
  let left = warmUp;
  const runClient = async (): Promise<void> => {
    while (left-- > 0) await runFlow(contender);
  };
  await Promise.all(Array.from({ length: Math.max(...clients) }, runClient));
}

function spent(before: Cpu, after: Cpu, flows: number): Cpu {
  const each = (name: keyof Cpu): number => (after[name] - before[name]) / flows;
  return { node: each('node'), postgres: each('postgres'), temporal: each('temporal') };
}

async function throughput(contender: Contender, n: number): Promise<{ flows: number; seconds: number }> {
  const began = performance.now();
  const until = began + secondsEach * 1000;
  const runClient = async (): Promise<number> => {
    let flows = 0;
    for (; performance.now() < until; flows++) await runFlow(contender);
    return flows;
  };
  const flows = await Promise.all(Array.from({ length: n }, runClient));
  return { flows: flows.reduce((sum, each) => sum + each, 0), seconds: (performance.now() - began) / 1000 };
}

/** Postgres tells its counters with a second's delay. */
async function readCounters(db: Stage['deps']['adminDb']): Promise<{ rows: number; commits: number }> {
  await sleep(2000);
  const { rows } = await sql<{ rows: number; commits: number }>`
    select (select sum(n_tup_ins)::int from pg_stat_user_tables) as rows,
      (select xact_commit::int from pg_stat_database where datname = current_database()) as commits`.execute(db);
  return rows[0] ?? { rows: 0, commits: 0 };
}

function print(results: readonly Result[]): void {
  const head = [
    '',
    'start p50',
    'p95',
    'step p50',
    'p95',
    ...clients.map((n) => `flows/s ×${n}`),
    'CPU/flow Node',
    'Postgres',
    'Temporal',
    'events/cmd',
    'rows/flow',
    'commits/flow',
  ];
  const lines = results.map((result) => [
    result.name,
    ...[result.startMs, result.stepMs].flatMap((all) =>
      [quantile(all, 0.5), quantile(all, 0.95)].map((ms) => `${ms.toFixed(1)} ms`),
    ),
    ...result.flowsPerSecond.map((n) => n.toFixed(1)),
    ...[result.cpu.node, result.cpu.postgres, result.cpu.temporal].map((ms) => `${ms.toFixed(1)} ms`),
    ...[result.eventsPerCommand, result.rowsPerFlow, result.commitsPerFlow].map((n) => n.toFixed(1)),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0)));
  for (const line of [head, ...lines])
    process.stdout.write(
      `${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}\n`,
    );
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
