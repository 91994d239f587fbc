/** The errand through the product's own protocol: tx1, Update, tx2. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Given } from '../../server/commands/give.ts';
import { startCase } from '../../server/commands/start.ts';
import { completeTask } from '../../server/commands/task-acts.ts';
import type { Intention } from '../../server/commands/types.ts';
import { startWorker } from '../../server/worker/index.ts';
import type { Contender } from './contender.ts';
import type { Stage } from './stage.ts';

export async function guanjia({ deps, people }: Stage): Promise<Contender> {
  const worker = await startWorker(deps);
  const act = (taskId: string, outcome: string, fields: Record<string, unknown>) => ({
    taskId,
    outcome,
    fields,
    assignment: 1,
    comment: null,
    version: 1000,
    deviceAt: null,
  });
  const start = async (): Promise<string> => {
    const asked = { flow: 'errand', fields: { what: 'Fetch' }, communityId: null };
    return applied(await startCase(deps, intend(people.staff), asked)).caseId;
  };
  const handOut = async (task: string): Promise<void> => {
    const fields = { runner: people.runner, note: 'soon' };
    applied(await completeTask(deps, intend(people.dispatcher), act(task, 'handed_out', fields)));
  };
  // A flow numbers its tasks the same way in every case. The next person's screen reads the id; here it is learnt once.
  const learnt = await start();
  const first = await openTask(learnt);
  await handOut(`${learnt}${first}`);
  const second = await openTask(learnt);
  return {
    name: 'Guanjia',
    async start() {
      const id = await start();
      return { id, task: `${id}${first}` };
    },
    async first({ id, task }) {
      await handOut(task);
      return { id, task: `${id}${second}` };
    },
    async second({ task }) {
      applied(await completeTask(deps, intend(people.runner), act(task, 'done', {})));
    },
    stop: () => worker.stop(),
  };

  /** What follows the case's id in the id of its open task. */
  async function openTask(caseId: string): Promise<string> {
    const row = await deps.adminDb
      .selectFrom('task')
      .select('id')
      .where('case_id', '=', caseId)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    return row.id.slice(caseId.length);
  }
}

/** A 202 is no finished step: the rows are not there yet. */
function applied(given: Given): Given {
  if (given.state !== 'done') throw new Error(`command ${given.command} is still ${given.state}`);
  return given;
}

function intend(person: string): Intention {
  return { person, key: { key: randomUUID(), route: 'bench' }, requestHash: randomBytes(32) };
}
