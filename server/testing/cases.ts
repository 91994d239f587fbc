/**
 * A small form type and flow for tests of the command protocol, people who may do its steps, and a worker on a queue of its own.
 * Two human steps (a pool, then a person of a field), so that every act has something to act on.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
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

const text = (en: string) => ({ 'zh-CN': en, en });

export const errandForm = {
  schema: {
    title: 'Errand',
    type: 'object',
    additionalProperties: false,
    'x-key': 'errand',
    'x-kind': 'case',
    'x-title': text('Errand'),
    'x-local': false,
    'x-label': '{number}',
    required: ['what'],
    properties: {
      number: {
        type: 'string',
        'x-field': 'autoNumber',
        'x-title': text('Number'),
        'x-number': { pattern: 'ER-{yyyy}-{seq:4}' },
      },
      what: { type: 'string', 'x-field': 'text', 'x-title': text('What'), 'x-personal': true },
      kind: {
        type: 'string',
        'x-field': 'choice',
        'x-title': text('Kind'),
        oneOf: [
          { const: 'small', 'x-title': text('Small') },
          { const: 'big', 'x-title': text('Big') },
        ],
      },
      amount: { type: 'number', 'x-field': 'money', 'x-title': text('Amount') },
      runner: { type: 'string', format: 'uuid', 'x-field': 'person', 'x-title': text('Runner') },
      note: { type: 'string', 'x-field': 'text', 'x-title': text('Note') },
      code: { type: 'string', 'x-field': 'text', 'x-title': text('Code') },
    },
    'x-constraints': [{ kind: 'unique', fields: ['code'] }],
  },
  layout: {
    sections: [{ fields: ['number', 'what', 'kind', 'amount', 'runner', 'note', 'code'] }],
    list: ['number', 'what'],
  },
};

export const errandFlow: Flow = {
  key: 'errand',
  title: text('Errand'),
  form: 'errand',
  caseTitle: 'what',
  summary: ['kind', 'note'],
  start: { who: ['staff'], fields: { what: 'required', kind: 'edit', amount: 'edit', code: 'edit' } },
  steps: [
    {
      id: 'hand_out',
      kind: 'userTask',
      title: text('Hand out'),
      people: { assign: { rule: 'pool', role: 'dispatcher' } },
      fields: { runner: 'required', note: 'edit', amount: 'edit', code: 'edit' },
      actions: [
        { outcome: 'handed_out', label: text('Hand out'), intent: 'primary' },
        { outcome: 'refused', label: text('Refuse'), comment: 'required', fields: { runner: 'edit' } },
      ],
    },
    {
      id: 'big',
      kind: 'exclusive',
      title: text('Refused?'),
      branches: [
        {
          title: text('Refused'),
          when: 'outcomes.hand_out = "refused"',
          steps: [{ id: 'stop', kind: 'end', outcome: 'refused' }],
        },
      ],
      otherwise: { steps: [] },
    },
    {
      id: 'run',
      kind: 'userTask',
      title: text('Run'),
      people: { assign: { rule: 'field', field: 'runner' } },
      fields: { note: 'edit', code: 'edit' },
    },
  ],
};

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
  const log = createLog(process.env.TEST_LOG === undefined ? 'silent' : 'info', (line) =>
    process.stderr.write(line),
  );
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
