/** The outbox: everything that goes out, with its failures. Needs the verb outbox.read, in the communities where it is held. */
import { Type, type Static } from 'typebox';
import { decodeCursor, isUuid, toPage } from '../cursor.ts';
import { asPerson } from '../db/as.ts';
import { problems, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { assertMayAnywhere } from '../security/may.ts';
import { countOutbound, findOutbound, retryOutbound, revealAddress, type OutboxFilter } from './outbox.ts';
import { OutboundChannel, OutboundCounts, OutboundPage, OutboundState, RevealBody, Revealed } from './schemas.ts';

const tags = ['Outbox'];
const filters = {
  person: Type.Optional(Uuid),
  channel: Type.Optional(OutboundChannel),
  q: Type.Optional(Type.String({ maxLength: 80, description: 'Part of a subject, a text or a name.' })),
};
const closed = { additionalProperties: false };
const ListQuery = Type.Object(
  {
    ...filters,
    state: Type.Optional(OutboundState),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  closed,
);
const Params = Type.Object({ id: Uuid });

export function outboundRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/outbound',
    {
      schema: {
        tags,
        summary: 'E-mail, SMS and what robots of chat groups tell, newest first',
        querystring: ListQuery,
        response: { 200: OutboundPage, ...problems(401, 403, 422) },
      },
    },
    async ({ query, person }) => {
      const rows = await asPerson(db, person.id, async (tx) => {
        await assertMayAnywhere(tx, 'outbox.read');
        return findOutbound(tx, toFilter(query));
      });
      return toPage(rows, query.limit, { item: (row) => row, key: ({ id }) => [id] });
    },
  );
  app.get(
    '/api/outbound/counts',
    {
      schema: {
        tags,
        summary: 'How many in each state',
        querystring: Type.Object(filters, closed),
        response: { 200: OutboundCounts, ...problems(401, 403, 422) },
      },
    },
    ({ query, person }) =>
      asPerson(db, person.id, async (tx) => {
        await assertMayAnywhere(tx, 'outbox.read');
        return countOutbound(tx, { ...query, limit: 1 });
      }),
  );
  addActs(app);
}

function addActs(app: App): void {
  const { db } = app.deps;
  app.post(
    '/api/outbound/:id/retry',
    {
      schema: {
        tags,
        summary: 'Try a failed one again',
        description: 'Needs the verb outbox.retry.',
        params: Params,
        response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
      },
    },
    async ({ params, person }, reply) => {
      await asPerson(db, person.id, (tx) => retryOutbound(tx, params.id, person.id));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/outbound/:id/unmask',
    {
      schema: {
        tags,
        summary: 'See the address',
        description:
          'Needs the right to unmask the record of the person, and a reason, which is kept in the audit log.',
        params: Params,
        body: RevealBody,
        response: { 200: Revealed, ...problems(401, 403, 404, 422) },
      },
    },
    ({ params, person, body }) =>
      asPerson(db, person.id, (tx) => revealAddress(tx, params.id, { personId: person.id, reason: body.reason })),
  );
}

function toFilter({ cursor, ...query }: Static<typeof ListQuery>): OutboxFilter {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, isUuid);
  return { ...query, ...(before === undefined ? {} : { before }) };
}
