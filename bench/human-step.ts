/**
 * What a human step costs, beside the two workflows one would write by hand, in one run on one machine: latency from an act to the next
 * task's row, finished two-step flows a second, CPU time a flow at most clients (on a busy machine the steadier of the two), history events
 * a command, rows and commits a flow. Prints one table.
 *
 * All three check the request in one transaction as the acting person (key, authority, fields), write the same rows as the engine role, and
 * allocate the number in the transaction that uses it. None goes through HTTP, and the hand-written ones send no live hints, keep no
 * hash chain, no revs of fields and no deltas: that much more Guanjia does. Their workflows are bundled and run as the SDK does it by itself;
 * with `--bundled-alike` they are bundled as Guanjia bundles its own (server/services/bundle-cache.ts), which saves a tenth of a flow.
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
const rounds = 6;
/** One after the other in each round. */
const measured = 20;
const clients = [1, 8, 16];
const secondsEach = 3;
/** Flows whose rows and commits are counted. */
const counted = 40;
const commandsAFlow = 3;

/** What a contender has come to in all its rounds. */
interface Sums {
  startMs: number[];
  stepMs: number[];
  /** By number of clients. */
  throughput: Throughput[];
  eventsPerCommand: number;
  /** A flow. */
  rows: number;
  commits: number;
}
interface Throughput {
  flows: number;
  seconds: number;
  cpu: Cpu;
}

const isBundledAlike = process.argv.includes('--bundled-alike');
const stage = await openStage(isBundledAlike);
try {
  const sums = new Map<Contender, Sums>();
  for (const open of [
    () => guanjia(stage),
    () => baseline(stage, 'errandByActivity', '(a) Update, ordinary activity'),
    () => baseline(stage, 'errandByLocalActivity', '(b) Update, local activity'),
  ]) {
    const contender = await open();
    process.stderr.write(`${contender.name} warms up …\n`);
    await warm(contender);
    sums.set(contender, nothingYet());
  }
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds} …\n`);
    await runRound(inTurn([...sums], round));
  }
  process.stderr.write('rows and commits …\n');
  for (const [contender, sum] of sums) await count(contender, sum);
  print(sums);
  for (const contender of sums.keys()) await contender.stop();
} finally {
  await stage.close();
}

/** In six rounds each of the three comes after each other as often: what the one before has left to do is a part of what is measured. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  const turned = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? turned : turned.reverse();
}

function nothingYet(): Sums {
  const throughput = clients.map(() => ({ flows: 0, seconds: 0, cpu: { node: 0, postgres: 0, temporal: 0 } }));
  return { startMs: [], stepMs: [], throughput, eventsPerCommand: 0, rows: 0, commits: 0 };
}

/** One contender after the other in each part: what else the machine does hits all of them alike. */
async function runRound(contenders: readonly [Contender, Sums][]): Promise<void> {
  for (const [contender, sum] of contenders) await measure(contender, sum);
  for (const [i, n] of clients.entries())
    for (const [contender, { throughput }] of contenders) await addThroughput(throughput[i], n, contender);
}

async function measure(contender: Contender, sum: Sums): Promise<void> {
  let last = '';
  for (let i = 0; i < measured; i++) {
    const began = performance.now();
    const started = await contender.start();
    sum.startMs.push(performance.now() - began);
    const stepBegan = performance.now();
    const next = await contender.first(started);
    sum.stepMs.push(performance.now() - stepBegan);
    await contender.second(next);
    last = next.id;
  }
  const { events } = await stage.deps.temporal.workflow.getHandle(last).fetchHistory();
  // Without the two that every workflow has: started and completed.
  sum.eventsPerCommand = ((events?.length ?? 0) - 2) / commandsAFlow;
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

async function addThroughput(part: Throughput | undefined, n: number, contender: Contender): Promise<void> {
  if (part === undefined) return;
  const cpu = readCpu(stage.services);
  const began = performance.now();
  const until = began + secondsEach * 1000;
  const runClient = async (): Promise<void> => {
    for (; performance.now() < until; part.flows++) await runFlow(contender);
  };
  await Promise.all(Array.from({ length: n }, runClient));
  part.seconds += (performance.now() - began) / 1000;
  const now = readCpu(stage.services);
  for (const name of ['node', 'postgres', 'temporal'] as const) part.cpu[name] += now[name] - cpu[name];
}

/** What a flow writes, without what the program does by itself meanwhile. */
async function count(contender: Contender, sum: Sums): Promise<void> {
  const quiet = await countDuring(() => Promise.resolve());
  const busy = await countDuring(async () => {
    for (let i = 0; i < counted; i++) await runFlow(contender);
  });
  const perFlow = (name: 'rows' | 'commits'): number =>
    (busy[name] - (quiet[name] * busy.seconds) / quiet.seconds) / counted;
  sum.rows = perFlow('rows');
  sum.commits = perFlow('commits');
}

/** A connection tells Postgres what it has counted once it has been idle for ten seconds. */
async function countDuring(run: () => Promise<void>): Promise<{ rows: number; commits: number; seconds: number }> {
  await sleep(11_000);
  const began = performance.now();
  const before = await readCounters(stage.deps.adminDb);
  await run();
  await sleep(11_000);
  const after = await readCounters(stage.deps.adminDb);
  const seconds = (performance.now() - began) / 1000;
  return { rows: after.rows - before.rows, commits: after.commits - before.commits, seconds };
}

async function readCounters(db: Stage['deps']['adminDb']): Promise<{ rows: number; commits: number }> {
  const { rows } = await sql<{ rows: number; commits: number }>`
    select (select sum(n_tup_ins)::int from pg_stat_user_tables) as rows,
      (select xact_commit::int from pg_stat_database where datname = current_database()) as commits`.execute(db);
  return rows[0] ?? { rows: 0, commits: 0 };
}

function print(sums: ReadonlyMap<Contender, Sums>): void {
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
  const lines = [...sums].map(([{ name }, sum]) => [
    name,
    ...[sum.startMs, sum.stepMs].flatMap((all) =>
      [quantile(all, 0.5), quantile(all, 0.95)].map((ms) => `${ms.toFixed(1)} ms`),
    ),
    ...sum.throughput.map((part) => (part.flows / part.seconds).toFixed(1)),
    ...cpuPerFlow(sum).map((ms) => `${ms.toFixed(1)} ms`),
    ...[sum.eventsPerCommand, sum.rows, sum.commits].map((n) => n.toFixed(1)),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]?.length ?? 0)));
  for (const line of [head, ...lines])
    process.stdout.write(
      `${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}\n`,
    );
}

/** Of most clients. */
function cpuPerFlow({ throughput }: Sums): number[] {
  const part = throughput.at(-1);
  if (part === undefined) return [];
  return [part.cpu.node, part.cpu.postgres, part.cpu.temporal].map((ms) => ms / part.flows);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
