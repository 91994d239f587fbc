/** The acts on a task. Those the engine decides are commands: 200 applied, 202 kept and sure to happen. */
import { Type, type TSchema } from 'typebox';
import { intentionOf } from '../commands/intention.ts';
import { pauseTask, resumeTask } from '../commands/pause-acts.ts';
import { tryDecision } from '../commands/prepare/dry-run.ts';
import { planReturnOf } from '../commands/return-plan.ts';
import { addSigners, delegateTask, removeSigners } from '../commands/signer-acts.ts';
import { takeBackDecision } from '../commands/take-back.ts';
import { completeTask, returnTask, transferTask } from '../commands/task-acts.ts';
import { trialRate } from '../security/rates.ts';
import { CommandHeaders, problems, readIdempotencyKey, statusOf, type App } from '../http.ts';
import { claimTask, releaseTask, saveDraft } from './hold.ts';
import { ReturnBody, ReturnPlan, ReturnPlanQuery } from './returns/schemas.ts';
import {
  ActResult,
  AddSignersBody,
  ClaimBody,
  CompleteBody,
  DelegateBody,
  Draft,
  DraftBody,
  PauseBody,
  PrepareAnswer,
  PrepareBody,
  ReleaseBody,
  RemoveSignersBody,
  ResumeBody,
  TakeBackBody,
  TransferBody,
} from './schemas.ts';

const TaskParams = Type.Object({ id: Type.String({ maxLength: 60 }) });
const refusals = problems(401, 403, 404, 409, 422);

/** Schema of a command's route. */
const command = <Body extends TSchema>(summary: string, body: Body) => ({
  schema: {
    tags: ['Tasks'],
    summary,
    params: TaskParams,
    headers: CommandHeaders,
    body,
    response: { 200: ActResult, 202: ActResult, ...refusals },
  },
});
/** Schema of a route whose act stays in Postgres: it is done when it is answered. */
const hold = <Body extends TSchema>(summary: string, body: Body) => ({
  schema: {
    tags: ['Tasks'],
    summary,
    params: TaskParams,
    headers: CommandHeaders,
    body,
    response: { 200: ActResult, ...refusals },
  },
});

export function taskActRoutes(app: App): void {
  app.post('/api/tasks/:id/complete', command('Decide a task', CompleteBody), async (request, reply) => {
    const { comment = null, deviceAt = null, ...body } = request.body;
    const given = await completeTask(app.deps, intentionOf(request), {
      ...body,
      taskId: request.params.id,
      comment,
      deviceAt,
    });
    return reply.code(statusOf(given)).send(given);
  });
  app.post(
    '/api/tasks/:id/return',
    command('Send the case back to an earlier step', ReturnBody),
    async (request, reply) => {
      const given = await returnTask(app.deps, intentionOf(request), { ...request.body, taskId: request.params.id });
      return reply.code(statusOf(given)).send(given);
    },
  );
  app.post('/api/tasks/:id/transfer', command('Hand a task to somebody else', TransferBody), async (request, reply) => {
    const { comment = null, ...body } = request.body;
    const given = await transferTask(app.deps, intentionOf(request), { ...body, taskId: request.params.id, comment });
    return reply.code(statusOf(given)).send(given);
  });
  app.post('/api/tasks/:id/pause', command('Stop the clock of a task', PauseBody), async (request, reply) => {
    const given = await pauseTask(app.deps, intentionOf(request), { ...request.body, taskId: request.params.id });
    return reply.code(statusOf(given)).send(given);
  });
  app.post('/api/tasks/:id/resume', command('Let the clock go on', ResumeBody), async (request, reply) => {
    const given = await resumeTask(app.deps, intentionOf(request), { ...request.body, taskId: request.params.id });
    return reply.code(statusOf(given)).send(given);
  });
  signerRoutes(app);
  lookRoutes(app);
  holdRoutes(app);
}

function signerRoutes(app: App): void {
  app.post(
    '/api/tasks/:id/delegate',
    command('Let somebody else work on a task and get it back', DelegateBody),
    async (request, reply) => {
      const { comment = null, ...body } = request.body;
      const given = await delegateTask(app.deps, intentionOf(request), { ...body, taskId: request.params.id, comment });
      return reply.code(statusOf(given)).send(given);
    },
  );
  app.post(
    '/api/tasks/:id/add-signers',
    command('Ask more people in an approval, before or after oneself', AddSignersBody),
    async (request, reply) => {
      const { comment = null, ...body } = request.body;
      const given = await addSigners(app.deps, intentionOf(request), { ...body, taskId: request.params.id, comment });
      return reply.code(statusOf(given)).send(given);
    },
  );
  app.post(
    '/api/tasks/:id/remove-signers',
    command('Leave out people who were added', RemoveSignersBody),
    async (request, reply) => {
      const given = await removeSigners(app.deps, intentionOf(request), { ...request.body, taskId: request.params.id });
      return reply.code(statusOf(given)).send(given);
    },
  );
  app.post(
    '/api/tasks/:id/take-back',
    command('Take back the decision of a task while nobody has gone on', TakeBackBody),
    async (request, reply) => {
      const { comment = null } = request.body;
      const given = await takeBackDecision(app.deps, intentionOf(request), { taskId: request.params.id, comment });
      return reply.code(statusOf(given)).send(given);
    },
  );
}

/** What an act would come to; nothing is written. */
function lookRoutes(app: App): void {
  app.get(
    '/api/tasks/:id/return-plan',
    {
      schema: {
        tags: ['Tasks'],
        summary: 'What a return would close and open',
        description: 'Answered by the case itself for whoever may return the task; nothing is written.',
        params: TaskParams,
        querystring: ReturnPlanQuery,
        response: { 200: ReturnPlan, ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
      config: { rateLimit: trialRate },
    },
    (request) => {
      const { items, ...query } = request.query;
      const which = items === undefined ? {} : { items: [items].flat() };
      return planReturnOf(app.deps, { ...query, ...which, person: request.person.id, taskId: request.params.id });
    },
  );
  app.post(
    '/api/tasks/:id/prepare',
    {
      schema: {
        tags: ['Tasks'],
        summary: 'What taking an action would come to',
        description:
          'Looks up what the flow looks up, and says which fields the act fills and what refuses it. Nothing is written.',
        params: TaskParams,
        body: PrepareBody,
        response: { 200: PrepareAnswer, ...problems(401, 403, 404, 409, 422, 429) },
      },
      config: { rateLimit: trialRate },
    },
    (request) => tryDecision(app.deps, { ...request.body, person: request.person.id, taskId: request.params.id }),
  );
}

function holdRoutes(app: App): void {
  app.post('/api/tasks/:id/claim', hold('Take a task from the pool', ClaimBody), async (request) => {
    const act = { person: request.person.id, taskId: request.params.id, ...request.body };
    return { command: null, state: 'done' as const, caseId: await claimTask(app.deps, act), opened: [] };
  });
  app.post('/api/tasks/:id/release', hold('Give a claimed task back to the pool', ReleaseBody), async (request) => {
    const key = readIdempotencyKey(request);
    const act = { person: request.person.id, taskId: request.params.id, key, ...request.body };
    return { command: null, state: 'done' as const, caseId: await releaseTask(app.deps, act), opened: [] };
  });
  app.put(
    '/api/tasks/:id/draft',
    {
      schema: {
        tags: ['Tasks'],
        summary: 'Keep unfinished input',
        params: TaskParams,
        body: DraftBody,
        response: { 200: Draft, ...refusals },
      },
    },
    (request) => {
      const { fields, comment = null } = request.body;
      return saveDraft(app.deps, { person: request.person.id, taskId: request.params.id, fields, comment });
    },
  );
}
