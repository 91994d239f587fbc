/** The hand-written workflows, with the same codec and the same Postgres, behind the checks that any server makes. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { createCodec, createDataConverter, failureConverterPath } from '../../server/codec.ts';
import { getCurrentFlow } from '../../server/definitions/published.ts';
import { bundle } from '../../server/services/bundle-cache.ts';
import { createActivities, type Move } from './baseline-activities.ts';
import { admit } from './baseline-request.ts';
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
  const flow = await getCurrentFlow(deps.db, 'errand');
  const send: Send = async ({ id, task: current }, step, { fields, ...given }) => {
    const request = { command: randomUUID(), key: randomUUID(), requestHash: randomBytes(32).toString('hex') };
    const message: Move = { caseId: id, step, ...request, ...given };
    await admit(deps.db, flow, { move: message, task: current, fields });
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
  return { name, ...errands(people, send), stop: () => worker.stop() };
}

type Send = (
  at: { id: string; task: string | null },
  step: Move['step'],
  given: Pick<Move, 'actor' | 'assignee'> & { fields: Record<string, unknown> },
) => Promise<Running>;

/** Who does what of an errand. */
function errands(people: Stage['people'], send: Send): Pick<Contender, 'start' | 'first' | 'second'> {
  return {
    start: () =>
      send({ id: randomUUID(), task: null }, 'start', {
        actor: people.staff,
        assignee: null,
        fields: { what: 'Fetch' },
      }),
    first: (running) =>
      send(running, 'hand_out', {
        actor: people.dispatcher,
        assignee: people.runner,
        fields: { runner: people.runner, note: 'soon' },
      }),
    async second(running) {
      await send(running, 'run', { actor: people.runner, assignee: null, fields: {} });
    },
  };
}

/** As the SDK bundles what somebody writes, or as Guanjia bundles its own. */
function bundleWorkflow(isBundledAlike: boolean): Promise<{ code: string }> {
  const workflowsPath = join(import.meta.dirname, 'baseline-workflow.ts');
  if (isBundledAlike) return bundle(workflowsPath).then((code) => ({ code }));
  const quiet = (): void => undefined;
  return bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: failureConverterPath(),
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

async function startWorker({ deps, isBundledAlike }: Stage, taskQueue: string): Promise<{ stop(): Promise<void> }> {
  const workflowBundle = await bundleWorkflow(isBundledAlike);
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
