/** Cases that nobody starts by hand: schedules with what comes next, and every automatic start with why it failed. */
import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { Type } from 'typebox';
import { decodeCursor, isUuid, toPage } from '../cursor.ts';
import { asPerson, type Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { CommandHeaders, problems, readIdempotencyKey, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { assertMayAnywhere } from '../security/may.ts';
import { assertMayManage, listSchedules, listStarts } from './read.ts';
import { ScheduleList, ScheduleRun, StartPage, StartState } from './schemas.ts';
import { startId } from './start-id.ts';

const tags = ['Automation'];
const Params = Type.Object({ id: Uuid });
const StartQuery = Type.Object(
  {
    state: Type.Optional(StartState),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);

export function startRoutes(app: App): void {
  reading(app);
  for (const paused of [true, false]) pausing(app, paused);
  running(app);
  mending(app);
}

function reading(app: App): void {
  const { db } = app.deps;
  const readable = { tags, description: 'Needs the verb automation.read.' };
  app.get(
    '/api/schedules',
    {
      schema: {
        ...readable,
        summary: 'Schedules, with what comes next',
        response: { 200: ScheduleList, ...problems(401, 403) },
      },
    },
    ({ person }) =>
      asPerson(db, person.id, async (tx) => {
        await assertMayAnywhere(tx, 'automation.read');
        return { items: await listSchedules(tx, new Date()) };
      }),
  );
  app.get(
    '/api/automatic-starts',
    {
      schema: {
        ...readable,
        summary: 'Cases that nobody started by hand, and those that could not be started; newest first',
        querystring: StartQuery,
        response: { 200: StartPage, ...problems(401, 403, 422) },
      },
    },
    async ({ person, query }) => {
      const { cursor, ...filter } = query;
      const [before] = cursor === undefined ? [] : decodeCursor(cursor, isUuid);
      const rows = await asPerson(db, person.id, async (tx) => {
        await assertMayAnywhere(tx, 'automation.read');
        return listStarts(tx, { ...filter, ...(before === undefined ? {} : { before }) });
      });
      return toPage(rows, query.limit, { item: (row) => row, key: ({ id }) => [id] });
    },
  );
}

const manageable = { tags, description: 'Needs the verb automation.manage.', params: Params };

function pausing(app: App, paused: boolean): void {
  app.post(
    `/api/schedules/:id/${paused ? 'pause' : 'resume'}`,
    {
      schema: {
        ...manageable,
        summary: paused ? 'No longer start cases by it' : 'Go on: what came meanwhile and is not too old starts now',
        response: { 204: Type.Null(), ...problems(401, 403, 404) },
      },
    },
    async ({ person, params }, reply) => {
      await manage(
        app,
        { person: person.id, table: 'schedule', id: params.id, act: paused ? 'pause' : 'resume' },
        (tx) => sql`update schedule set paused = ${paused} where id = ${params.id}`.execute(tx),
      );
      return reply.code(204).send(null);
    },
  );
}

function running(app: App): void {
  app.post(
    '/api/schedules/:id/run',
    {
      schema: {
        ...manageable,
        summary: 'Start a case by it now, once for an Idempotency-Key',
        headers: CommandHeaders,
        response: { 202: ScheduleRun, ...problems(401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { person, params } = request;
      const caseId = startId([params.id, 'run', person.id, readIdempotencyKey(request) ?? randomUUID()]);
      await manage(app, { person: person.id, table: 'schedule', id: params.id, act: 'run' }, (tx) =>
        sql`insert into automatic_start (id, flow, starter, "by", source, community_id)
          select ${caseId}, flow, starter, 'schedule', jsonb_build_object('at', now(), 'zone', zone), community_id
          from schedule where id = ${params.id} on conflict (id) do nothing`.execute(tx),
      );
      return reply.code(202).send({ caseId });
    },
  );
}

function mending(app: App): void {
  const acts: Record<string, RawBuilder<unknown>> = {
    retry: sql`state = 'pending', attempts = 0, depth = 1, error = null, ended_at = null, next_at = now()`,
    discard: sql`state = 'discarded', source = '{}'::jsonb, ended_at = now()`,
  };
  for (const [act, change] of Object.entries(acts))
    app.post(
      `/api/automatic-starts/:id/${act}`,
      {
        schema: {
          ...manageable,
          summary: act === 'retry' ? 'Try a failed one again' : 'Let a failed one be',
          response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
        },
      },
      async ({ person, params }, reply) => {
        await manage(app, { person: person.id, table: 'automatic_start', id: params.id, act }, async (tx) => {
          const { numAffectedRows } = await sql`
            update automatic_start set ${change} where id = ${params.id} and state = 'failed'`.execute(tx);
          if (numAffectedRows !== 1n) throw new AppError('not_failed', 409);
        });
        return reply.code(204).send(null);
      },
    );
}

interface Managing {
  person: string;
  table: 'schedule' | 'automatic_start';
  id: string;
  act: string;
}

/** On record; the rows are the engine role's alone. @throws AppError not_found, forbidden */
async function manage(
  app: App,
  { person, table, id, act }: Managing,
  run: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  await asPerson(app.deps.db, person, async (tx) => {
    await assertMayManage(tx, table, id);
    await tx
      .insertInto('audit')
      .values({ person_id: person, act: `automation.${act}`, subject: `${table}/${id}`, detail: '{}' })
      .execute();
    await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
    await run(tx);
  });
}
