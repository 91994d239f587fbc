/** protocol.md rule 14: a command names the flow version it was built for. Real Postgres, real Temporal. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishFlow } from '../definitions/flows.ts';
import type { Deps } from '../deps.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import { choice, flowOf, look, wait } from '../testing/rules.ts';
import { loadJob } from './load-job.ts';
import { startCase } from './start.ts';
import { sweep } from './sweep.ts';

let stage: CaseStage;
let caseId: string;
beforeAll(async () => {
  stage = await createCaseStage([flowOf('moved', [wait(), choice('amount > 10')])]);
  // The second version asks for what the first did not mention.
  const second = flowOf('moved', [wait(), choice('note = "urgent"')]);
  await publishFlow(stage.test.adminDb, second, { note: null, by: null });
  await stage.worker();
});
afterAll(() => stage.close());

async function begin(): Promise<string> {
  const act = { flow: 'moved', fields: { what: 'Move' }, communityId: null };
  return (await startCase(stage.deps, intend(stage.cast.staff), act)).caseId;
}
const decide = (deps: Deps, taskId: string, fields: object) =>
  complete({ ...stage, deps }, { taskId, fields: { ...fields } }, intend(stage.cast.dispatcher));

describe('rule 14: a command and the version of its flow', () => {
  const move = (version: number) =>
    sql`update "case" set flow_version = ${version} where id = ${caseId}`.execute(stage.test.adminDb);

  it('rule 14: is rebuilt from its stored patch for the version its case is on now', async () => {
    caseId = await begin();
    await move(1);
    const { id } = await openTask(stage, caseId);
    const { command } = await decide(dyingBeforeRpc(stage.deps), id, { amount: 20, note: 'urgent' });
    const built = async () => (await loadJob(stage.deps.db, command))?.message.command;
    expect(await built()).toMatchObject({ flowVersion: 1, vars: { amount: '20.00' } });

    await move(2);
    expect(await built()).toMatchObject({ flowVersion: 2 });
    expect((await built())?.vars).toEqual({ note: 'urgent' });
    await expireLeases(stage.deps);
    await sweep(stage.deps);
    expect((await openTask(stage, caseId)).step).toBe('after');
  });

  it('rule 14: also by the request that found the case moved, without telling the person', async () => {
    caseId = await begin();
    await move(1);
    const { id } = await openTask(stage, caseId);
    const movedMeanwhile: Deps = {
      ...stage.deps,
      temporal: new Proxy(stage.deps.temporal, {
        get: (target, name) => {
          if (name !== 'withDeadline') return Reflect.get(target, name) as unknown;
          return async (until: number, run: () => Promise<unknown>) => {
            await move(2);
            return target.withDeadline(until, run);
          };
        },
      }),
    };
    const given = await decide(movedMeanwhile, id, { note: 'urgent' });

    expect(given.state).toBe('done');
    expect(await look(stage, caseId)).toMatchObject({ types: ['case_started', 'task_completed'] });
    expect((await openTask(stage, caseId)).step).toBe('after');
  });
});
