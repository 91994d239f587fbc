/**
 * What the pure engine costs: time a step in flows of 10, 200 and 1,000 steps, reading and compiling a flow, folding a case's log, memory
 * a case. One process, no services. Prints one table with the aim beside each figure.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compile, type Compiled } from '../workflows/engine/compile.ts';
import { fold } from '../workflows/engine/fold.ts';
import type { Step } from '../workflows/engine/flow.gen.ts';
import { Simulation } from '../workflows/engine/simulate.ts';
import { cloneState, type State } from '../workflows/engine/state.ts';
import { aFlow, anApproval, anExclusive, aParallel, aTimer, aUserTask, load } from '../workflows/engine/testing.ts';
import type { LoadedFlow } from '../workflows/engine/types.ts';

const sizes = [10, 200, 1000];
const eventsToFold = 1000;
const casesHeld = 2000;
const hour = 3_600_000;

const table: string[][] = [['', 'p50', 'p95', 'aim']];
for (const size of sizes) {
  const compiled = compile(flowOf(size, `steps${size}`));
  walkThrough(compiled);
  const rounds = Math.ceil(2000 / size);
  addTimes(
    `step, flow of ${size} steps`,
    Array.from({ length: rounds }, () => walkThrough(compiled).ms).flat(),
    '1 ms',
  );
}
const texts = Array.from({ length: 100 }, (_, round) => JSON.stringify(flowOf(200, `fresh${round}`)));
addTimes(
  'parse and compile 200 steps',
  texts.map((text) => timeOf(() => compile(JSON.parse(text) as LoadedFlow))),
  '20 ms',
);
const known = flowOf(200, 'known');
compile(known);
addTimes(
  'compile them again',
  texts.map(() => timeOf(() => compile(known))),
  '',
);
measureFold();
measureMemory();
print();

/** Of ten steps one chooses, one forks and one waits; most tasks have a due time with a reminder. */
function flowOf(size: number, key: string): LoadedFlow {
  const due = { in: 'P1D', remind: [{ before: 'PT1H' }] };
  const steps = Array.from({ length: size / 10 }, (_, at): Step[] => {
    const id = (name: string): string => `${name}${at}`;
    const choice = 'amount > 5 and initiator != helper';
    return [
      aUserTask(id('report'), { due }),
      anExclusive(id('split'), choice, [aUserTask(id('large'))], [aUserTask(id('small'))]),
      anApproval(id('approve'), { due }),
      aParallel(id('fork'), [[aUserTask(id('left'))], [aUserTask(id('right'), { due })]]),
      aTimer(id('wait')),
      aUserTask(id('close'), { due }),
    ];
  });
  return load(aFlow(steps.flat(), { key }));
}

/** From start to end; ms of each event that a person or the clock brought. */
function walkThrough(compiled: Compiled): { ms: number[]; run: Simulation } {
  const run = new Simulation(compiled);
  const ms = [timeOf(() => run.start('owner', { amount: 7, helper: 'p2' }))];
  while (run.state.status === 'running')
    ms.push(
      timeOf(() => {
        goOn(run);
      }),
    );
  return { ms, run };
}

function goOn(run: Simulation): void {
  const [task] = run.state.tasks;
  if (task === undefined) run.advance(hour);
  else run.complete(task.step, task.kind === 'approval' ? 'approved' : 'done');
}

function measureFold(): void {
  const compiled = compile(flowOf(2000, 'long'));
  const { run } = walkThrough(compiled);
  const entries = run.entries.slice(0, eventsToFold);
  if (entries.length < eventsToFold) throw new Error(`only ${entries.length} events`);
  addTimes(
    `fold of ${eventsToFold} events`,
    Array.from({ length: 20 }, () => timeOf(() => fold(compiled, 'case', entries))),
    '100 ms',
  );
}

/** In the middle of the flow of 200 steps; as JSON, and as objects of the worker. */
function measureMemory(): void {
  const run = new Simulation(compile(known));
  run.start('owner', { amount: 7, helper: 'p2' });
  for (let done = 0; done < 70; done += 1) goOn(run);
  const bytes = JSON.stringify(run.state).length;
  const before = heapUsed();
  const held: State[] = Array.from({ length: casesHeld }, () => cloneState(run.state));
  const each = (heapUsed() - before) / held.length;
  table.push(['state of a case, as JSON', kib(bytes), '', ''], ['memory of a case', kib(each), '', '']);
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

function timeOf(act: () => unknown): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}

function addTimes(what: string, ms: readonly number[], aim: string): void {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number): string => `${(sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(3)} ms`;
  table.push([what, at(0.5), at(0.95), aim]);
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

function print(): void {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}
