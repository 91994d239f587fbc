/** Where one is signed in: seen and ended by oneself. */
import { Type } from 'typebox';
import { problems, sessionOf, type App } from '../http.ts';
import { Uuid } from '../schema.ts';
import { endOne, endOthers, findOwnSessions } from './own-sessions.ts';
import { OwnSessions } from './schemas.ts';

const tags = ['Session'];
const nothing = Type.Null({ description: 'Done; nothing to tell.' });

export function ownSessionRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/me/sessions',
    { schema: { tags, summary: 'Where I am signed in', response: { 200: OwnSessions, ...problems(401) } } },
    async (request) => ({ items: await findOwnSessions(db, sessionOf(request)) }),
  );
  app.delete(
    '/api/me/sessions',
    {
      schema: {
        tags,
        summary: 'Sign out everywhere else',
        description: 'Ends every session of the person but the one that asks.',
        response: { 204: nothing, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      app.sessionEnds.emit('ended', await endOthers(db, sessionOf(request)));
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/me/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Sign out one device',
        params: Type.Object({ id: Uuid }),
        response: { 204: nothing, ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      app.sessionEnds.emit('ended', [await endOne(db, request.person.id, request.params.id)]);
      return reply.code(204).send(null);
    },
  );
}
