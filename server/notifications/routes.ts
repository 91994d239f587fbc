/** What the product told the asking person: list, count, mark as read. Row security leaves only their own. */
import { Type, type Static } from 'typebox';
import { sql, type Selectable } from 'kysely';
import { decodeCursor, isUuid, toPage } from '../cursor.ts';
import { asPerson, type Tx } from '../db/as.ts';
import type { NotificationTable } from '../db/tables/things.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { Cursor, Uuid, type PersonRef } from '../schema.ts';
import { choiceRoutes } from './choices.ts';
import { wordsOf } from './words.ts';
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
  choiceRoutes(app);
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
      return toPage(rows, limit, { item: ({ told }) => told, key: ({ id }) => [id] });
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
): Promise<Row[]> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, isUuid);
  return asPerson(app.deps.db, personId, async (tx) => {
    const rows = await tx
      .selectFrom('notification as n')
      .leftJoin('case as c', 'c.id', 'n.case_id')
      .leftJoin('person as b', (join) => join.on('b.id', '=', whoDid))
      .leftJoin('task as t', 't.id', 'n.task_id')
      .leftJoin('person as h', 'h.id', 't.holder')
      .selectAll('n')
      .select(['c.flow', 'c.flow_version', 't.step', isEnded.as('ended'), 'b.id as by_id', 'b.display_name as by_name'])
      .select(['h.id as holder_id', 'h.display_name as holder_name'])
      .where('n.person_id', '=', personId)
      .where(isReplaced, '=', false)
      .$if(unread === true, (query) => query.where('n.read_at', 'is', null).where(isEnded, '=', false))
      .$if(before !== undefined, (query) => query.where('n.id', '<', before ?? ''))
      .orderBy('n.id', 'desc')
      .limit(limit + 1)
      .execute();
    const told: Row[] = [];
    for (const row of rows) told.push({ id: row.id, told: toNotification(row, await flowOf(app, tx, row)) });
    return told;
  });
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
      .selectFrom('notification as n')
      .leftJoin('task as t', 't.id', 'n.task_id')
      .select((eb) => eb.fn.countAll<number>().as('unread'))
      .where('n.person_id', '=', personId)
      .where('n.read_at', 'is', null)
      .where(isReplaced, '=', false)
      .where(isEnded, '=', false)
      .executeTakeFirstOrThrow(),
  );
}

/** What asked for something asks no more once its task is over, or is no longer the reader's to see. */
const isEnded = sql<boolean>`(n.task_id is not null and n.kind <> ${'command_refused'} and coalesce(t.state in ('done', 'cancelled'), true))`;

/**
 * A reminder that nobody read before the next one of the same task came: the newer one says the same, and stands in its place. What a delta
 * wrote stays written, so that the same delta tells nobody twice.
 */
const isReplaced = sql<boolean>`(n.kind in ('task_reminder', 'task_overdue') and exists (
  select from notification newer where newer.person_id = n.person_id and newer.id > n.id and newer.task_id = n.task_id
    and newer.kind in ('task_reminder', 'task_overdue') and (n.read_at is null or n.read_at >= newer.created_at)))`;

/** Whoever the notification names as doing; what a flow wrote there need not be an id. */
const whoDid = sql<string | null>`case when n.params ->> 'by' ~ '^[0-9a-f-]{36}$' then (n.params ->> 'by')::uuid end`;

interface Row {
  id: string;
  told: Static<typeof Notification>;
}
/** With what the asking person may see of its case and people. */
type Found = Selectable<NotificationTable> &
  Record<'flow' | 'step' | 'by_id' | 'by_name' | 'holder_id' | 'holder_name', string | null> & {
    flow_version: number | null;
    ended: boolean;
  };

async function flowOf(app: App, tx: Tx, { flow, flow_version }: Found): Promise<PublishedFlow | undefined> {
  if (flow === null || flow_version === null) return undefined;
  return getFlow(app.deps.db, { key: flow, version: flow_version }, tx);
}

function personRef(id: string | null, name: string | null): Static<typeof PersonRef> | null {
  return id === null || name === null ? null : { id, name };
}

function toNotification(row: Found, flow: PublishedFlow | undefined): Static<typeof Notification> {
  const step = (row.step === null ? null : flow?.steps.get(row.step)?.step.title) ?? null;
  return {
    id: row.id,
    kind: row.kind,
    params: row.params,
    text: wordsOf(row.kind, { ...row.params, flow: flow?.definition.title, step }),
    by: personRef(row.by_id, row.by_name),
    holder: personRef(row.holder_id, row.holder_name),
    flow: flow?.definition.title ?? null,
    step,
    caseId: row.case_id,
    taskId: row.task_id,
    createdAt: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
    ended: row.ended,
  };
}
