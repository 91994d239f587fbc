/** 沟通: asking on a task, answering, ending, and what waits for one's answer. */
import { sql } from 'kysely';
import { Type } from 'typebox';
import { stepTitle } from '../../case-views/task-items.ts';
import { uuidv7 } from '../../commands/uuid.ts';
import { asPerson } from '../../db/as.ts';
import { getFlow } from '../../definitions/published.ts';
import { CommandHeaders, problems, readIdempotencyKey, type App } from '../../http.ts';
import { Uuid } from '../../schema.ts';
import { aMinute } from '../../security/rates.ts';
import { answerQuestion, askQuestion, endQuestion, isOpen, readQuestions } from './questions.ts';
import { AnswerBody, AskBody, Question, QuestionList, WaitingQuestions } from './schemas.ts';
import type { Static } from 'typebox';

const tags = ['Tasks'];
const failures = problems(401, 403, 404, 409, 422);
const params = Type.Object({ id: Uuid });

export function questionRoutes(app: App): void {
  app.post(
    '/api/tasks/:id/ask',
    {
      config: { rateLimit: aMinute(30) },
      schema: {
        tags,
        summary: 'Ask colleagues without giving the task away',
        params: Type.Object({ id: Type.String({ maxLength: 60 }) }),
        headers: CommandHeaders,
        body: AskBody,
        response: { 201: Question, ...failures, ...problems(429) },
      },
    },
    async (request, reply) => {
      const id = readIdempotencyKey(request) ?? uuidv7();
      const act = { id, person: request.person.id, taskId: request.params.id, ...request.body };
      return reply.code(201).send(await askQuestion(app.deps, act));
    },
  );
  app.post(
    '/api/questions/:id/answer',
    {
      schema: {
        tags,
        summary: 'Answer a question',
        params,
        body: AnswerBody,
        response: { 200: Question, ...failures },
      },
    },
    (request) => answerQuestion(app.deps, { id: request.params.id, person: request.person.id, ...request.body }),
  );
  app.post(
    '/api/questions/:id/end',
    { schema: { tags, summary: 'End a question one asked', params, response: { 204: Type.Null(), ...failures } } },
    async (request, reply) => {
      await endQuestion(app.deps, { id: request.params.id, person: request.person.id });
      return reply.code(204).send(null);
    },
  );
  readRoutes(app);
}

function readRoutes(app: App): void {
  app.get(
    '/api/cases/:id/questions',
    {
      schema: {
        tags,
        summary: 'What was asked on the tasks of a case',
        params,
        response: { 200: QuestionList, ...failures },
      },
    },
    (request) =>
      asPerson(app.deps.db, request.person.id, async (tx) => ({
        items: await readQuestions(tx, sql`q.case_id = ${request.params.id}`),
      })),
  );
  app.get(
    '/api/questions',
    {
      schema: {
        tags,
        summary: 'Questions that wait for one’s answer',
        response: { 200: WaitingQuestions, ...problems(401) },
      },
    },
    (request) => readWaiting(app, request.person.id),
  );
}

const mostWaiting = 100;

function readWaiting(app: App, person: string): Promise<Static<typeof WaitingQuestions>> {
  const { db } = app.deps;
  return asPerson(db, person, async (tx) => {
    const { rows } = await sql<{
      id: string;
      number: string;
      title: string;
      flow: string;
      version: number;
      step: string;
    }>`
      select q.id, c.number, c.title, c.flow, c.flow_version as version, t.step from question q join task t on t.id = q.task_id
        join "case" c on c.id = q.case_id join question_person x on x.question_id = q.id
      where x.person_id = ${person} and x.answered_at is null and ${isOpen} order by q.created_at limit ${mostWaiting}`.execute(
      tx,
    );
    const questions = await readQuestions(tx, sql`q.id = any (${rows.map(({ id }) => id)}::uuid[])`);
    const items: Static<typeof WaitingQuestions>['items'] = [];
    for (const { id, caseId, askedBy, body, askedAt } of questions) {
      const row = rows.find((each) => each.id === id);
      if (row === undefined) continue;
      const flow = await getFlow(db, { key: row.flow, version: row.version }, tx);
      const about = {
        caseNumber: row.number,
        caseTitle: row.title,
        flowTitle: flow.definition.title,
        step: stepTitle(flow, row.step),
      };
      items.push({ id, caseId, askedBy, body, askedAt, ...about });
    }
    return { items, next: null };
  });
}
