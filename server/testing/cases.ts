/** A stage for tests of the command protocol: the errand flow published, people who may do its steps, a worker on a queue of its own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { errandFlow, errandForm } from './errand.ts';
import { sha256 } from '../commands/canonical.ts';
import { startCase } from '../commands/start.ts';
import { completeTask, type CompleteAct } from '../commands/task-acts.ts';
import type { Intention } from '../commands/types.ts';
import type { Given } from '../commands/give.ts';
import { publishFlow } from '../definitions/flows.ts';
import { publishForm } from '../definitions/forms.ts';
import type { Deps } from '../deps.ts';
import { createLog } from '../log.ts';
import { connectTemporal, type Temporal } from '../temporal.ts';
import { startWorker, type RunningWorker, type WorkerOptions } from '../worker/index.ts';
import { createPerson, testConfig } from './app.ts';
import { createTestDb, type TestDb } from './database.ts';
import { testTemporalAddress, testWorkflowBundle, uniqueTaskQueue } from './temporal.ts';

export interface Cast {
  /** Starts cases. */
  staff: string;
  /** Both hold the pool's role. */
  dispatcher: string;
  other: string;
  runner: string;
  /** Holds nothing. */
  stranger: string;
  manager: string;
}
export interface CaseStage {
  deps: Deps;
  test: TestDb;
  temporal: Temporal;
  cast: Cast;
  worker(options?: WorkerOptions): Promise<RunningWorker>;
  close(): Promise<void>;
}

/** Database, Temporal client, published errand, cast; workers only when asked for. */
export async function createCaseStage(flows: Flow[] = [errandFlow]): Promise<CaseStage> {
  const test = await createTestDb();
  const config = testConfig(test, { temporalAddress: testTemporalAddress(), temporalTaskQueue: uniqueTaskQueue() });
  const temporal = connectTemporal(config);
  const log = createLog(process.env.TEST_LOG === undefined ? 'silent' : 'info', (line) => process.stderr.write(line));
  const deps: Deps = { config, db: test.db, adminDb: test.adminDb, temporal: temporal.client, log };
  await publishForm(test.adminDb, errandForm, { note: null, by: null });
  for (const flow of flows) await publishFlow(test.adminDb, flow, { note: null, by: null });
  const cast: Cast = {
    staff: await createPerson(test, { name: 'Staff', roles: [{ role: 'staff' }] }),
    dispatcher: await createPerson(test, { name: 'Dispatcher', roles: [{ role: 'dispatcher' }] }),
    other: await createPerson(test, { name: 'Other', roles: [{ role: 'dispatcher' }] }),
    runner: await createPerson(test, { name: 'Runner', roles: [{ role: 'technician' }] }),
    stranger: await createPerson(test, { name: 'Stranger' }),
    manager: await createPerson(test, { name: 'Manager', roles: [{ role: 'manager' }] }),
  };
  const workers: RunningWorker[] = [];
  return {
    deps,
    test,
    temporal,
    cast,
    async worker(options = {}) {
      const running = await startWorker(deps, {
        bundlePath: await testWorkflowBundle(),
        sweepEveryMs: null,
        ...options,
      });
      workers.push(running);
      return running;
    },
    async close() {
      await Promise.all(workers.map((each) => each.stop()));
      await temporal.close();
      await test.drop();
    },
  };
}

export function intend(
  person: string,
  body: unknown = randomBytes(8).toString('hex'),
  key: string | null = randomUUID(),
): Intention {
  return { person, key: { key, route: 'test' }, requestHash: sha256(body) };
}

export function startErrand({ deps, cast }: CaseStage, fields: Record<string, unknown> = {}): Promise<Given> {
  return startCase(deps, intend(cast.staff), {
    flow: 'errand',
    fields: { what: 'Fetch the parcel', ...fields },
    communityId: null,
  });
}

/** The open task of a case, as the engine role sees it. */
export async function openTask(
  { test }: CaseStage,
  caseId: string,
  step?: string,
): Promise<{ id: string; assignment: number; step: string }> {
  const { rows } = await sql<{ id: string; assignment: number; step: string }>`
    select id, assignment, step from task where case_id = ${caseId} and state in ('open', 'completing')
      and (${step ?? null}::text is null or step = ${step ?? null}) order by opened_rev desc, id limit 1`.execute(
    test.adminDb,
  );
  const [task] = rows;
  if (task === undefined) throw new Error(`case ${caseId} has no open task ${step ?? ''}`);
  return task;
}

export function complete(
  stage: CaseStage,
  act: Partial<CompleteAct> & Pick<CompleteAct, 'taskId'>,
  intention: Intention,
): Promise<Given> {
  return completeTask(stage.deps, intention, {
    assignment: 1,
    outcome: 'done',
    fields: {},
    comment: null,
    version: 1000,
    deviceAt: null,
    ...act,
  });
}
