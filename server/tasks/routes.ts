/** Reading tasks: lists, counts, one task; and marking one as read. */
import { Type } from 'typebox';
import { toTaskItems } from '../case-views/task-items.ts';
import { toPage } from '../cursor.ts';
import { asPerson } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { languageOf } from '../language.ts';
import { Cursor, Uuid } from '../schema.ts';
import { taskActRoutes } from './act-routes.ts';
import { markRead, readTask } from './detail.ts';
import { countTasks, cursorOf, findTasks } from './lists.ts';
import { TaskCounts, TaskDetail, TaskPage, TaskView } from './schemas.ts';

const tags = ['Tasks'];
const TaskParams = Type.Object({ id: Type.String({ maxLength: 60 }) });
const Community = Type.Optional(Uuid);

export function taskRoutes(app: App): void {
  app.get(
    '/api/tasks',
    {
      schema: {
        tags,
        summary: 'Tasks of a view',
        description:
          'mine, pool, today and overdue by due time; done, started and cc newest first. started and cc have one row a case.',
        querystring: Type.Object(
          {
            view: TaskView,
            community: Community,
            cursor: Type.Optional(Cursor),
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: TaskPage, ...problems(401, 422) },
      },
    },
    (request) => {
      const { view, community = null, cursor, limit } = request.query;
      const { db, config } = app.deps;
      return asPerson(db, request.person.id, async (tx) => {
        const rows = await findTasks(tx, { view, community, cursor, limit });
        const items = await toTaskItems(db, tx, rows.slice(0, limit), languageOf(request, config.locale));
        const { next } = toPage(rows, limit, { item: (row) => row, key: (row) => cursorOf(view, row) });
        return { items, next };
      });
    },
  );
  app.get(
    '/api/tasks/counts',
    {
      schema: {
        tags,
        summary: 'How many tasks each view has',
        querystring: Type.Object({ community: Community }, { additionalProperties: false }),
        response: { 200: TaskCounts, ...problems(401) },
      },
    },
    (request) => asPerson(app.deps.db, request.person.id, (tx) => countTasks(tx, request.query.community ?? null)),
  );
  oneTaskRoutes(app);
  taskActRoutes(app);
}

function oneTaskRoutes(app: App): void {
  app.get(
    '/api/tasks/:id',
    {
      schema: {
        tags,
        summary: 'One task with its form and acts',
        params: TaskParams,
        response: { 200: TaskDetail, ...problems(401, 404) },
      },
    },
    (request) => {
      const language = languageOf(request, app.deps.config.locale);
      return readTask(app.deps.db, request.params.id, { person: request.person.id, language });
    },
  );
  app.post(
    '/api/tasks/:id/read',
    {
      schema: {
        tags,
        summary: 'Mark a task as read',
        params: TaskParams,
        response: { 204: Type.Null(), ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      await asPerson(app.deps.db, request.person.id, async (tx) => {
        const found = await tx.selectFrom('task').select('id').where('id', '=', request.params.id).executeTakeFirst();
        if (found === undefined) throw new AppError('not_found', 404);
        await markRead(tx, found.id, request.person.id);
      });
      return reply.code(204).send(null);
    },
  );
}
