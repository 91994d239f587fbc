/** The errand through the product's own protocol: tx1, Update, tx2. */
import { randomBytes, randomUUID } from 'node:crypto';
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
  return {
    name: 'Guanjia',
    async start() {
      const given = await startCase(deps, intend(people.staff), {
        flow: 'errand',
        fields: { what: 'Fetch' },
        communityId: null,
      });
      return { id: given.caseId, task: await openTask(given.caseId) };
    },
    async first({ id, task }) {
      const fields = { runner: people.runner, note: 'soon' };
      await completeTask(deps, intend(people.dispatcher), act(task, 'handed_out', fields));
      return { id, task: await openTask(id) };
    },
    async second({ task }) {
      await completeTask(deps, intend(people.runner), act(task, 'done', {}));
    },
    stop: () => worker.stop(),
  };

  /** The next person's screen is theirs to load; the benchmark only needs the id. */
  async function openTask(caseId: string): Promise<string> {
    const row = await deps.adminDb
      .selectFrom('task')
      .select('id')
      .where('case_id', '=', caseId)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    return row.id;
  }
}

function intend(person: string): Intention {
  return { person, key: { key: randomUUID(), route: 'bench' }, requestHash: randomBytes(32) };
}
