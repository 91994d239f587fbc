/** The hand-written workflows, with the same codec and the same Postgres. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createCodec, createDataConverter, failureConverterPath } from '../../server/codec.ts';
import { createActivities, type Move } from './baseline-activities.ts';
import type { Contender, Running } from './contender.ts';
import type { Stage } from './stage.ts';

export async function baseline(
  stage: Stage,
  kind: 'errandByActivity' | 'errandByLocalActivity',
  name: string,
): Promise<Contender> {
  const { deps, people } = stage;
  const worker = await startWorker(stage, kind);
  const { workflow } = deps.temporal;
  const send = async (id: string, step: Move['step'], given: Pick<Move, 'actor' | 'assignee'>): Promise<Running> => {
    const message = { caseId: id, command: randomUUID(), step, ...given };
    const options: { args: [Move]; updateId: string } = { args: [message], updateId: message.command };
    if (step !== 'start') {
      const task = await workflow.getHandle(id).executeUpdate<string | null, [Move]>('move', options);
      return { id, task: task ?? '' };
    }
    const startWorkflowOperation = new WithStartWorkflowOperation<() => Promise<void>>(kind, {
      workflowId: id,
      taskQueue: kind,
      args: [],
      workflowIdConflictPolicy: 'FAIL',
    });
    const task = await workflow.executeUpdateWithStart<() => Promise<void>, string | null, [Move]>('move', {
      ...options,
      startWorkflowOperation,
    });
    return { id, task: task ?? '' };
  };
  return {
    name,
    start: () => send(randomUUID(), 'start', { actor: people.staff, assignee: null }),
    first: ({ id }) => send(id, 'hand_out', { actor: people.dispatcher, assignee: people.runner }),
    async second({ id }) {
      await send(id, 'run', { actor: people.runner, assignee: null });
    },
    stop: () => worker.stop(),
  };
}

async function startWorker({ deps }: Stage, taskQueue: string): Promise<{ stop(): Promise<void> }> {
  const quiet = (): void => undefined;
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'baseline-workflow.ts'),
    failureConverterPath: failureConverterPath(),
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const connection = await NativeConnection.connect({ address: deps.config.temporalAddress });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle,
    activities: { ...createActivities(deps.db) },
    dataConverter: createDataConverter(createCodec(deps.config.codecKeys)),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
