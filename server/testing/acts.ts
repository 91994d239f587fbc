/** A stage whose cast is signed in: acts on tasks as requests, and how many events a case's history has. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { LightMyRequestResponse } from 'fastify';
import { buildApp } from '../app.ts';
import { startCase } from '../commands/start.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { asUser, type Ask } from './app.ts';
import { createCaseStage, intend, type CaseStage, type Cast } from './cases.ts';

export interface ActStage extends CaseStage {
  ask: Record<keyof Cast, Ask>;
  /** Starts a case of a flow; gives its id. */
  start(flow: string): Promise<string>;
  /** The open task of a step that a person (null: nobody) holds. */
  taskOf(caseId: string, step: string, holder?: keyof Cast): Promise<string>;
  /** Who holds the open tasks of a case, by step. */
  holders(caseId: string): Promise<string[]>;
  act(who: keyof Cast, task: string, name: string, body?: ActBody): Promise<LightMyRequestResponse>;
  detail(who: keyof Cast, task: string): Promise<Record<string, unknown>>;
  events(caseId: string): Promise<number>;
}
interface ActBody {
  key?: string;
  [field: string]: unknown;
}

export async function createActStage(flows: Flow[]): Promise<ActStage> {
  const stage = await createCaseStage(flows);
  await stage.worker();
  const app = await buildApp(stage.deps);
  const people = Object.entries<string>({ ...stage.cast });
  const asks = await Promise.all(people.map(async ([name, id]) => [name, await asUser(app, id)] as const));
  const ask = Object.fromEntries(asks) as ActStage['ask'];
  const open = async (caseId: string) => {
    const { rows } = await sql<{ id: string; step: string; holder: string | null }>`
      select id, step, holder from task where case_id = ${caseId} and state in ('open', 'completing')
      order by opened_rev, id`.execute(stage.test.adminDb);
    return rows.map((row) => ({ ...row, name: people.find(([, id]) => id === row.holder)?.[0] ?? 'pool' }));
  };
  return {
    ...stage,
    ask,
    start: async (flow) => {
      const act = { flow, fields: { what: 'Fetch the parcel' }, communityId: null };
      return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
    },
    taskOf: async (caseId, step, holder) => {
      const found = (await open(caseId)).find(
        (task) => task.step === step && (holder === undefined || task.name === holder),
      );
      if (found === undefined) throw new Error(`no open task ${step} of ${holder ?? 'anybody'}`);
      return found.id;
    },
    holders: async (caseId) => (await open(caseId)).map(({ step, name }) => `${step} ${name}`).sort(),
    act: (who, task, name, { key = randomUUID(), ...payload } = {}) =>
      ask[who]({
        method: 'POST',
        url: `/api/tasks/${task}/${name}`,
        payload: name === 'take-back' ? payload : { assignment: 1, ...payload },
        headers: { 'idempotency-key': key },
      }),
    detail: async (who, task) => (await ask[who]({ url: `/api/tasks/${task}` })).json<Record<string, unknown>>(),
    events: async (caseId) => (await stage.deps.temporal.workflow.getHandle(caseId).fetchHistory()).events?.length ?? 0,
    close: async () => {
      await app.close();
      await stage.close();
    },
  };
}

/** The body of a decision that fills nothing. */
export const decision = (outcome: string, body: object = {}): ActBody => ({
  outcome,
  fields: {},
  version: 1000,
  ...body,
});
