/**
 * A case on the run's real Temporal with activities made for the test: a small "Postgres" that applies what `project` and the
 * answers of commands bring, people that are looked up from a table, and activities that succeed or fail as told.
 */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { testTemporalAddress, testWorkflowBundle, uniqueTaskQueue } from '../server/testing/temporal.ts';
import { projectQueue, type CaseActivities } from './activities.ts';
import type { WorkingTimesByKey } from './engine/calendar/working-times.ts';
import type { Flow } from './engine/flow.gen.ts';
import { load } from './engine/testing.ts';
import type { DeltaEntry, FlowRef, LoadedFlow, OpenedTask, Snapshot, Vars } from './engine/types.ts';
import { compile } from './engine/compile.ts';
import { heldOf } from './engine/mentions.ts';
import type { CommandBody } from './engine/simulate.ts';
import {
  childUpdate,
  commandUpdate,
  messageUpdate,
  snapshotQuery,
  type CaseLimits,
  type CaseResult,
  type ChildMessage,
  type CommandAnswer,
  type CommandMessage,
  type MessageAnswer,
} from './messages.ts';
import type runCase from './case.ts';
import type { History } from './testing-history.ts';

type HistoryEvent = NonNullable<History['events']>[number];

/** A worker of its own for a test file. `activities` replaces any of the defaults. */
export class CaseWorker {
  readonly client: Client;
  private readonly connections: { close(): Promise<void> }[];
  private readonly workers: Worker[];
  private readonly running: Promise<unknown>;
  readonly taskQueue: string;
  /** Flows by key and version, as `loadFlow` finds them. */
  private readonly flows: Map<string, LoadedFlow>;
  /** Keys of flows whose next reading fails for good. */
  readonly unreadable: Set<string>;

  private constructor(
    given: Pick<CaseWorker, 'client' | 'taskQueue'> & {
      connections: CaseWorker['connections'];
      workers: Worker[];
      flows: Map<string, LoadedFlow>;
      unreadable: Set<string>;
    },
  ) {
    this.client = given.client;
    this.taskQueue = given.taskQueue;
    this.connections = given.connections;
    this.workers = given.workers;
    this.flows = given.flows;
    this.unreadable = given.unreadable;
    this.running = Promise.all(given.workers.map((worker) => worker.run()));
  }

  static async start(activities: Partial<CaseActivities> = {}): Promise<CaseWorker> {
    const address = testTemporalAddress();
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({ address });
    const taskQueue = uniqueTaskQueue();
    const flows = new Map<string, LoadedFlow>();
    const unreadable = new Set<string>();
    const all = { ...defaults(flows, unreadable), ...activities };
    const workflowBundle = { codePath: await testWorkflowBundle() };
    const workers = [
      await Worker.create({ connection: native, taskQueue, workflowBundle, activities: all }),
      await Worker.create({ connection: native, taskQueue: projectQueue(taskQueue), activities: all }),
    ];
    const connections = [connection, native];
    return new CaseWorker({ client: new Client({ connection }), taskQueue, connections, workers, flows, unreadable });
  }

  async stop(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
    for (const connection of this.connections) await connection.close();
  }

  publish(flow: LoadedFlow): void {
    this.flows.set(nameOf(flow), flow);
  }

  /** Starts a case as the server does: update-with-start. */
  async startCase(flow: Flow, given: StartOptions = {}): Promise<TestCase> {
    const loaded = load(flow);
    this.publish(loaded);
    const { key, version, sha256 } = loaded;
    const caseId = randomUUID();
    const ran = given.byReference ? { key, version, sha256 } : loaded;
    const args = { caseId, flow: ran, ...(given.limits ? { limits: given.limits } : {}) };
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof runCase>(key, {
      workflowId: caseId,
      taskQueue: this.taskQueue,
      args: [args],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    const test = new TestCase(this, caseId);
    const message = test.message({
      kind: 'start',
      actor: 'owner',
      initiator: 'owner',
      community: 'north',
      zone: 'Asia/Shanghai',
      ...(given.called ? { called: true } : {}),
      ...(given.calendars ? { calendars: given.calendars } : {}),
      vars: mentioned(loaded, given.vars ?? {}),
    });
    const answer = await this.client.workflow.executeUpdateWithStart(commandUpdate, {
      args: [message],
      updateId: message.command.id,
      startWorkflowOperation,
    });
    test.apply(answer);
    return test;
  }
}

interface StartOptions {
  limits?: CaseLimits;
  vars?: Vars;
  calendars?: WorkingTimesByKey;
  called?: boolean;
  /** As a run that goes on: it loads its flow. */
  byReference?: boolean;
}

/** As the server does: a command carries no field that the flow does not mention. */
function mentioned(flow: LoadedFlow, vars: Vars): Vars {
  const compiled = compile(flow);
  const held = Object.entries(vars).filter(([name]) => compiled.mentioned.has(name));
  return Object.fromEntries(held.map(([name, value]) => [name, heldOf(compiled, name, value)]));
}

function nameOf({ key, version }: FlowRef): string {
  return `${key} ${version}`;
}

function defaults(flows: Map<string, LoadedFlow>, unreadable: Set<string>): CaseActivities {
  return {
    loadFlow: (ref) => {
      const { key } = ref;
      if (unreadable.delete(key)) return Promise.reject(ApplicationFailure.nonRetryable('unreadable', 'unreadable'));
      const flow = flows.get(nameOf(ref));
      return flow ? Promise.resolve(flow) : Promise.reject(new Error(`unknown flow ${key}`));
    },
    resolvePeople: ({ assign }) =>
      Promise.resolve({ persons: ['p1', 'p2'], explanation: { rule: assign.rule, inputs: {} } }),
    project: ({ entries }) => Promise.resolve({ acked: entries.at(-1)?.rev ?? 0 }),
    perform: () => Promise.resolve({ vars: {}, patch: null }),
  };
}

export class TestCase {
  readonly caseId: string;
  readonly handle: WorkflowHandle;
  private readonly worker: CaseWorker;
  private n = 0;
  /** Highest rev this "Postgres" has. */
  acked = 0;
  /** Of its flow. */
  private version = 1;
  readonly tasks = new Map<string, OpenedTask>();

  constructor(worker: CaseWorker, caseId: string) {
    this.worker = worker;
    this.caseId = caseId;
    this.handle = worker.client.workflow.getHandle(caseId);
  }

  message(body: CommandBody): CommandMessage {
    this.n += 1;
    const command = { ...body, id: randomUUID(), n: this.n, lowestPending: this.n, flowVersion: this.version };
    return { command: command, acked: this.acked };
  }

  /** Moves the case to another version of its flow. */
  async migrate(flow: Flow, version: number, mapping: Record<string, string> = {}): Promise<CommandAnswer> {
    const loaded = load(flow, { version });
    this.worker.publish(loaded);
    const answer = await this.send({
      kind: 'migrate',
      actor: 'operator',
      to: { key: loaded.key, version, sha256: loaded.sha256 },
      readRev: this.acked,
      mapping,
      timers: 'keep',
      calendars: {},
      vars: {},
    });
    this.version = version;
    return answer;
  }

  async send(body: CommandBody): Promise<CommandAnswer> {
    return this.deliver(this.message(body));
  }

  /** Sends a message as it is, a second time for instance. */
  async deliver(message: CommandMessage, updateId = message.command.id): Promise<CommandAnswer> {
    const answer = await this.handle.executeUpdate(commandUpdate, { args: [message], updateId });
    this.apply(answer);
    return answer;
  }

  /** A message or a signal comes to the case; sent again with the same id where one is given. */
  async hear(
    heard: { message: string; key: string } | { signal: string },
    { id = randomUUID(), vars = {} }: { id?: string; vars?: Vars } = {},
  ): Promise<MessageAnswer> {
    const what =
      'message' in heard
        ? { kind: 'message' as const, name: heard.message, key: heard.key }
        : { kind: 'signal' as const, name: heard.signal, key: null };
    const message = { id, ...what, vars, patch: null, acked: this.acked };
    const answer = await this.handle.executeUpdate(messageUpdate, { args: [message], updateId: id });
    this.apply(answer);
    return answer;
  }

  /** What became of a case that this one has called. */
  async told(event: ChildMessage['event'], updateId: string = randomUUID()): Promise<MessageAnswer> {
    const answer = await this.handle.executeUpdate(childUpdate, { args: [{ event, acked: this.acked }], updateId });
    this.apply(answer);
    return answer;
  }

  completing(step: string, outcome: string, vars: Vars = {}): CommandMessage {
    const task = this.task(step);
    const { assignment, assignee } = task;
    return this.message({ kind: 'complete', task: task.task, assignment, outcome, actor: assignee ?? 'someone', vars });
  }

  complete(step: string, outcome: string, vars: Vars = {}): Promise<CommandAnswer> {
    return this.deliver(this.completing(step, outcome, vars));
  }

  task(step: string): OpenedTask {
    const found = [...this.tasks.values()].find((task) => task.step === step);
    if (!found) throw new Error(`no open task of ${step}`);
    return found;
  }

  apply(answer: Pick<CommandAnswer, 'entries'>): void {
    for (const entry of answer.entries) if (entry.rev > this.acked) this.applyEntry(entry);
  }

  snapshot(): Promise<Snapshot> {
    return this.handle.query(snapshotQuery);
  }

  /** Rows healed from a snapshot, as the server does after a gap. */
  async heal(): Promise<void> {
    const { rev, tasks } = await this.snapshot();
    this.acked = rev;
    this.tasks.clear();
    for (const task of tasks) this.tasks.set(task.task, task);
  }

  result(): Promise<CaseResult> {
    return this.handle.result() as Promise<CaseResult>;
  }

  /** Events of the current run, or of the one given. */
  async events(runId?: string): Promise<HistoryEvent[]> {
    const handle = this.worker.client.workflow.getHandle(this.caseId, runId);
    const history = await handle.fetchHistory();
    return history.events ?? [];
  }

  private applyEntry(entry: DeltaEntry): void {
    this.acked = entry.rev;
    for (const task of entry.opened) this.tasks.set(task.task, task);
    for (const { task } of entry.closed) this.tasks.delete(task);
    for (const change of entry.changed) {
      const task = this.tasks.get(change.task);
      if (task) this.tasks.set(change.task, { ...task, ...change });
    }
  }
}

/** Waits for what happens by itself; polls a condition, never sleeps for luck. */
export async function eventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > until) throw new Error(`still waiting after ${limitMs} ms: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
