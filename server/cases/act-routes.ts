/** The acts on a case as a whole: withdraw, cancel and retry are commands; urge and comment stay in Postgres. */
import { Type, type Static, type TSchema } from 'typebox';
import { cancelCase, retryIncident, withdrawCase } from '../commands/case-acts.ts';
import { modifyCase, resumeCase, skipStep, suspendCase, type ModifyAct } from '../commands/operator-acts.ts';
import { intentionOf } from '../commands/intention.ts';
import { planModifyOf } from '../commands/return-plan.ts';
import { retryConflict } from '../commands/retry-conflict.ts';
import { asPerson } from '../db/as.ts';
import { CommandHeaders, problems, readIdempotencyKey, statusOf, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { aMinute } from '../security/rates.ts';
import { ReturnPlan } from '../tasks/returns/schemas.ts';
import { ActResult } from '../tasks/schemas.ts';
import { addComment } from './comment.ts';
import { latestComments, readDiscussion } from './discussion.ts';
import { migrateRoutes } from './migrate-routes.ts';
import {
  CommentBody,
  CommentItem,
  CommentPage,
  ModifyBody,
  ModifyPlanBody,
  ReasonBody,
  RetryBody,
  SkipBody,
  Urged,
  WithdrawBody,
} from './schemas.ts';
import { urgeCase } from './urge.ts';

const params = Type.Object({ id: Uuid });
const refusals = problems(401, 403, 404, 409, 422);

type Moves = Static<typeof ModifyPlanBody>;
function movesOf({ cancel, start, compensate = true }: Moves): Pick<ModifyAct, 'cancel' | 'start' | 'compensate'> {
  const places = (list: Moves['cancel']) => list.map(({ step, item = null }) => ({ step, item }));
  return { cancel: places(cancel), start: places(start), compensate };
}

const command = <Body extends TSchema>(summary: string, body: Body) => ({
  schema: {
    tags: ['Cases'],
    summary,
    params,
    headers: CommandHeaders,
    body,
    response: { 200: ActResult, 202: ActResult, ...refusals },
  },
});

export function caseActRoutes(app: App): void {
  app.post(
    '/api/cases/:id/withdraw',
    command('Take back a case one has started', WithdrawBody),
    async (request, reply) => {
      const act = { caseId: request.params.id, ...request.body };
      const given = await withdrawCase(app.deps, intentionOf(request), act);
      return reply.code(statusOf(given)).send(given);
    },
  );
  app.post('/api/cases/:id/cancel', command('End a case (needs case.cancel)', WithdrawBody), async (request, reply) => {
    const act = { caseId: request.params.id, ...request.body };
    const given = await cancelCase(app.deps, intentionOf(request), act);
    return reply.code(statusOf(given)).send(given);
  });
  app.post(
    '/api/cases/:id/retry',
    command('Run again what an incident stopped (needs case.retry)', RetryBody),
    async (request, reply) => {
      const { id: caseId } = request.params;
      const { incident } = request.body;
      if (incident < 0) {
        await retryConflict(app.deps, { person: request.person.id, caseId, incident });
        return { command: null, state: 'done' as const, caseId, opened: [] };
      }
      const given = await retryIncident(app.deps, intentionOf(request), { caseId, incident });
      return reply.code(statusOf(given)).send(given);
    },
  );
  operatorRoutes(app);
  discussionRoutes(app);
}

/** What operators do, each with its reason. */
function operatorRoutes(app: App): void {
  const needs = '(needs case.operate)';
  const suspend = command(`Stop a case: nobody acts, its clocks stand ${needs}`, ReasonBody);
  app.post('/api/cases/:id/suspend', suspend, async (request, reply) => {
    const act = { caseId: request.params.id, ...request.body };
    const given = await suspendCase(app.deps, intentionOf(request), act);
    return reply.code(statusOf(given)).send(given);
  });
  const resume = command(`Let a suspended case go on ${needs}`, ReasonBody);
  app.post('/api/cases/:id/resume', resume, async (request, reply) => {
    const act = { caseId: request.params.id, ...request.body };
    const given = await resumeCase(app.deps, intentionOf(request), act);
    return reply.code(statusOf(given)).send(given);
  });
  const skip = command(`Pass over a step that waits, or what an incident stopped ${needs}`, SkipBody);
  app.post('/api/cases/:id/skip', skip, async (request, reply) => {
    const { step = null, item = null, incident = null, outcome = null, reason } = request.body;
    const act = { caseId: request.params.id, step, item, incident, outcome, reason };
    const given = await skipStep(app.deps, intentionOf(request), act);
    return reply.code(statusOf(given)).send(given);
  });
  modifyRoutes(app);
  migrateRoutes(app);
}

function modifyRoutes(app: App): void {
  const summary = 'Move a case: take steps away, begin others (needs case.operate)';
  app.post('/api/cases/:id/modify', command(summary, ModifyBody), async (request, reply) => {
    const act = { caseId: request.params.id, reason: request.body.reason, ...movesOf(request.body) };
    const given = await modifyCase(app.deps, intentionOf(request), act);
    return reply.code(statusOf(given)).send(given);
  });
  app.post(
    '/api/cases/:id/modify-plan',
    {
      schema: {
        tags: ['Cases'],
        summary: 'What a move of the case would do; nothing happens',
        params,
        body: ModifyPlanBody,
        response: { 200: ReturnPlan, ...refusals },
      },
    },
    (request) =>
      planModifyOf(app.deps, { person: request.person.id, caseId: request.params.id, ...movesOf(request.body) }),
  );
}

/** What decides nothing. */
function discussionRoutes(app: App): void {
  app.post(
    '/api/cases/:id/urge',
    {
      schema: {
        tags: ['Cases'],
        summary: 'Ask the holders to hurry',
        params,
        headers: CommandHeaders,
        response: { 200: Urged, ...refusals },
      },
    },
    async (request) => {
      const { id: caseId } = request.params;
      const reached = await urgeCase(app.deps.db, {
        caseId,
        person: request.person.id,
        key: readIdempotencyKey(request),
      });
      return { reached };
    },
  );
  commentRoutes(app);
}

function commentRoutes(app: App): void {
  app.get(
    '/api/cases/:id/comments',
    {
      schema: {
        tags: ['Cases'],
        summary: 'The discussion of a case, newest first',
        params,
        querystring: Type.Object(
          { cursor: Type.Optional(Cursor), limit: Type.Integer({ minimum: 1, maximum: 100, default: latestComments }) },
          { additionalProperties: false },
        ),
        response: { 200: CommentPage, ...problems(401, 404, 422) },
      },
    },
    (request) => asPerson(app.deps.db, request.person.id, (tx) => readDiscussion(tx, request.params.id, request.query)),
  );
  app.post(
    '/api/cases/:id/comment',
    {
      config: { rateLimit: aMinute(30) },
      schema: {
        tags: ['Cases'],
        summary: 'Say something about a case',
        params,
        headers: CommandHeaders,
        body: CommentBody,
        response: { 201: CommentItem, ...refusals, ...problems(429) },
      },
    },
    async (request, reply) => {
      const { id, name } = request.person;
      const said = await addComment(app.deps.db, {
        caseId: request.params.id,
        person: { id, name },
        body: request.body.body,
        key: readIdempotencyKey(request),
      });
      return reply.code(201).send(said);
    },
  );
}
