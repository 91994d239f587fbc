/** What the product told the asking person: list, count, mark as read. Row security leaves only their own. */
import { Type, type Static } from 'typebox';
import { sql, type Selectable } from 'kysely';
import { decodeCursor, toPage } from '../cursor.ts';
import { asPerson } from '../db/as.ts';
import type { NotificationTable } from '../db/tables/things.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { Notification, NotificationCounts, NotificationPage } from './schemas.ts';

const tags = ['Notifications'];
const ListQuery = Type.Object(
  {
    unread: Type.Optional(Type.Boolean({ description: 'Only those not read yet.' })),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);

export function notificationRoutes(app: App): void {
  app.get(
    '/api/notifications',
    {
      schema: {
        tags,
        summary: 'My notifications, newest first',
        querystring: ListQuery,
        response: { 200: NotificationPage, ...problems(401, 422) },
      },
    },
    async (request) => {
      const { limit } = request.query;
      const rows = await findNotifications(app, request.person.id, request.query);
      return toPage(rows, limit, { item: toNotification, key: ({ id }) => [id] });
    },
  );
  app.get(
    '/api/notifications/counts',
    { schema: { tags, summary: 'How many I have not read', response: { 200: NotificationCounts, ...problems(401) } } },
    (request) => countUnread(app, request.person.id),
  );
  app.post(
    '/api/notifications/:id/read',
    {
      schema: {
        tags,
        summary: 'Mark one as read',
        params: Type.Object({ id: Uuid }),
        response: { 200: NotificationCounts, ...problems(401, 403, 404) },
      },
    },
    async (request) => {
      await markRead(app, request.person.id, request.params.id);
      return countUnread(app, request.person.id);
    },
  );
  app.post(
    '/api/notifications/read',
    { schema: { tags, summary: 'Mark all as read', response: { 200: NotificationCounts, ...problems(401, 403) } } },
    async (request) => {
      await markAllRead(app, request.person.id);
      return countUnread(app, request.person.id);
    },
  );
}

function findNotifications(
  app: App,
  personId: string,
  { unread, cursor, limit }: Static<typeof ListQuery>,
): Promise<Selectable<NotificationTable>[]> {
  const before = cursor === undefined ? undefined : readId(cursor);
  return asPerson(app.deps.db, personId, (tx) =>
    tx
      .selectFrom('notification')
      .selectAll()
      .where('person_id', '=', personId)
      .$if(unread === true, (query) => query.where('read_at', 'is', null))
      .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute(),
  );
}

function readId(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !/^[\da-f-]{36}$/.test(id)) throw new AppError('invalid_cursor', 422);
  return id;
}

/** Idempotent. @throws AppError not_found */
async function markRead(app: App, personId: string, notificationId: string): Promise<void> {
  const found = await asPerson(app.deps.db, personId, (tx) =>
    tx
      .updateTable('notification')
      .set({ read_at: sql<Date>`coalesce(read_at, now())` })
      .where('id', '=', notificationId)
      .where('person_id', '=', personId)
      .returning('id')
      .executeTakeFirst(),
  );
  if (found === undefined) throw new AppError('not_found', 404);
}

async function markAllRead(app: App, personId: string): Promise<void> {
  await asPerson(app.deps.db, personId, (tx) =>
    tx
      .updateTable('notification')
      .set({ read_at: sql<Date>`now()` })
      .where('person_id', '=', personId)
      .where('read_at', 'is', null)
      .execute(),
  );
}

function countUnread(app: App, personId: string): Promise<Static<typeof NotificationCounts>> {
  return asPerson(app.deps.db, personId, (tx) =>
    tx
      .selectFrom('notification')
      .select((eb) => eb.fn.countAll<number>().as('unread'))
      .where('person_id', '=', personId)
      .where('read_at', 'is', null)
      .executeTakeFirstOrThrow(),
  );
}

function toNotification(row: Selectable<NotificationTable>): Static<typeof Notification> {
  return {
    id: row.id,
    kind: row.kind,
    params: row.params,
    caseId: row.case_id,
    taskId: row.task_id,
    createdAt: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  };
}
