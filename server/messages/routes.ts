/** Messages and signals for cases: sending them, and what nobody took. */
import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { acceptMessage, route, type Incoming } from '../commands/messages/accept.ts';
import { deliverMessages } from '../commands/messages/deliver.ts';
import { decodeCursor, isUuid, toPage } from '../cursor.ts';
import { asPerson, type Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { assertMay } from '../security/may.ts';
import { aMinute } from '../security/rates.ts';
import { MessageBody, MessagePage, MessageSent, MessageState, SignalBody } from './schemas.ts';

const tags = ['Automation'];
const Params = Type.Object({ id: Uuid });
const Query = Type.Object(
  {
    state: Type.Optional(MessageState),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);
/** A gateway of sensors sends many; a loop gone wild is stopped. */
const rate = aMinute(600);

export function messageRoutes(app: App): void {
  sending(app);
  reading(app);
  for (const act of ['retry', 'discard'] as const) mending(app, act);
}

function sending(app: App): void {
  const common = { tags, description: 'Needs the verb message.send, company-wide.' };
  const response = { 202: MessageSent, ...problems(401, 403, 422, 429) };
  app.post(
    '/api/messages',
    {
      schema: { ...common, summary: 'Tell the case that waits for it something', body: MessageBody, response },
      config: { rateLimit: rate },
    },
    async ({ body: { fields = {}, ...rest }, person }, reply) => {
      const message = { ...rest, fields, kind: 'message', communityId: null, by: person.id, fromCase: null } as const;
      return reply.code(202).send(await take(app, message));
    },
  );
  app.post(
    '/api/signals',
    {
      schema: { ...common, summary: 'Tell all cases that wait for it something', body: SignalBody, response },
      config: { rateLimit: rate },
    },
    async ({ body: { fields = {}, communityId = null, ...rest }, person }, reply) => {
      const signal = {
        ...rest,
        fields,
        kind: 'signal',
        key: null,
        communityId,
        by: person.id,
        fromCase: null,
      } as const;
      return reply.code(202).send(await take(app, signal));
    },
  );
}

/** Kept first; then it is on its way at once, and nobody waits for that. */
async function take({ deps }: App, message: Incoming & { by: string }): Promise<Static<typeof MessageSent>> {
  await asPerson(deps.db, message.by, (tx) => assertMay(tx, 'message.send'));
  const state = await acceptMessage(deps.db, message);
  if (state === 'pending')
    deliverMessages(deps, message.id).catch((err: unknown) => {
      deps.log.warn({ err, message: message.id }, 'message not delivered yet');
    });
  return { id: message.id, state };
}

function reading(app: App): void {
  app.get(
    '/api/messages',
    {
      schema: {
        tags,
        summary: 'Messages and signals, newest first; state=dead: what nobody took',
        description: 'Needs the verb automation.read, company-wide.',
        querystring: Query,
        response: { 200: MessagePage, ...problems(401, 403, 422) },
      },
    },
    async ({ query, person }) => {
      const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, isUuid);
      const rows = await asPerson(app.deps.db, person.id, async (tx) => {
        await assertMay(tx, 'automation.read');
        return list(tx, { ...query, before: before ?? null });
      });
      return toPage(rows, query.limit, { item: (row) => row, key: ({ id }) => [id] });
    },
  );
}

type Item = Static<typeof MessagePage>['items'][number];
type Row = Omit<Item, 'expiresAt' | 'createdAt' | 'endedAt'> & {
  expiresAt: Date | null;
  createdAt: Date;
  endedAt: Date | null;
};

async function list(
  tx: Tx,
  { state, before, limit }: { state?: string; before: string | null; limit: number },
): Promise<Item[]> {
  const { rows } = await sql<Row>`
    select id, kind, name, key, state, reason, sent_by as "sentBy", from_case as "fromCase", expires_at as "expiresAt",
      created_at as "createdAt", ended_at as "endedAt" from message
    where (${state ?? null}::text is null or state = ${state ?? null})
      and (${before}::uuid is null or (created_at, id) < (select b.created_at, b.id from message b where b.id = ${before}::uuid))
    order by created_at desc, id desc limit ${limit + 1}`.execute(tx);
  return rows.map((row) => ({
    ...row,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

function mending(app: App, act: 'retry' | 'discard'): void {
  const { deps } = app;
  app.post(
    `/api/messages/:id/${act}`,
    {
      schema: {
        tags,
        summary: act === 'retry' ? 'Let a dead one look again for who waits' : 'Let a dead or early one be',
        description: 'Needs the verb automation.manage, company-wide.',
        params: Params,
        response: { 200: MessageSent, ...problems(401, 403, 404, 409) },
      },
    },
    async ({ params: { id }, person }) => {
      const state = await asPerson(deps.db, person.id, async (tx) => {
        await assertMay(tx, 'automation.manage');
        await tx
          .insertInto('audit')
          .values({ person_id: person.id, act: `message.${act}`, subject: `message/${id}`, detail: '{}' })
          .execute();
        await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
        return mend(tx, id, act);
      });
      if (state === 'pending') await deliverMessages(deps, id);
      return { id, state };
    },
  );
}

interface Kept {
  name: string;
  key: string | null;
  state: Static<typeof MessageState>;
  fields: Record<string, unknown>;
}

/** @throws AppError not_found, not_dead */
async function mend(tx: Tx, id: string, act: 'retry' | 'discard'): Promise<Static<typeof MessageState>> {
  const find = sql<Kept>`select name, key, state, fields from message where id = ${id}`;
  const [seen] = (await find.execute(tx)).rows;
  if (seen === undefined) throw new AppError('not_found', 404);
  await sql`select lock_message(${seen.name}, ${seen.key})`.execute(tx);
  const [row] = (await find.execute(tx)).rows;
  const isOpen = row?.state === 'dead' || (row?.state === 'early' && act === 'discard');
  if (row === undefined || !isOpen || row.key === null) throw new AppError('not_dead', 409);
  if (act === 'discard') {
    await sql`update message set state = 'discarded', expires_at = null, ended_at = now(), fields = '{}' where id = ${id}`.execute(
      tx,
    );
    return 'discarded';
  }
  // Waits that it missed, or that failed on it, may take it now.
  await sql`delete from message_delivery where message_id = ${id} and state <> 'taken'`.execute(tx);
  await sql`update message set state = 'pending', reason = null, ended_at = null where id = ${id}`.execute(tx);
  return route(tx, { id, name: row.name, key: row.key, fields: row.fields });
}
