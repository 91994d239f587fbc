/** 离职转办: what somebody who leaves holds, and giving it to others. Needs task.reassign, and moves only what that reaches. */
import { Type } from 'typebox';
import { uuidv7 } from '../../commands/uuid.ts';
import { CommandHeaders, problems, readIdempotencyKey, type App } from '../../http.ts';
import { languageOf } from '../../language.ts';
import { Uuid } from '../../schema.ts';
import { goOnHandOver, previewHandOver, readHandOver, startHandOver } from './hand-over.ts';
import { HandOver, HandOverBody, HandOverPreview } from './schemas.ts';

const tags = ['People'];
const params = Type.Object({ id: Uuid });
const failures = problems(401, 403, 404, 409, 422);

export function handOverRoutes(app: App): void {
  app.get(
    '/api/people/:id/hand-over',
    {
      schema: {
        tags,
        summary: 'What handing over a person’s work would move',
        params,
        response: { 200: HandOverPreview, ...failures },
      },
    },
    (request) => {
      const language = languageOf(request, app.deps.config.locale);
      return previewHandOver(app.deps, { by: request.person.id, person: request.params.id, language });
    },
  );
  app.post(
    '/api/people/:id/hand-over',
    {
      schema: {
        tags,
        summary: 'Hand over all that a person holds',
        headers: CommandHeaders,
        params,
        body: HandOverBody,
        response: { 201: HandOver, ...failures },
      },
    },
    async (request, reply) => {
      const { to = null, byFlow = {}, byCommunity = {}, claimedToPool } = request.body;
      const id = readIdempotencyKey(request) ?? uuidv7();
      const wish = { id, by: request.person.id, person: request.params.id, to, byFlow, byCommunity, claimedToPool };
      await startHandOver(app.deps, wish);
      return reply.code(201).send(await readHandOver(app.deps.db, wish));
    },
  );
  progressRoutes(app);
}

function progressRoutes(app: App): void {
  app.get(
    '/api/hand-overs/:id',
    { schema: { tags, summary: 'How far a hand-over is', params, response: { 200: HandOver, ...failures } } },
    (request) => readHandOver(app.deps.db, { id: request.params.id, by: request.person.id }),
  );
  app.post(
    '/api/hand-overs/:id/retry',
    { schema: { tags, summary: 'Go on with a hand-over', params, response: { 200: HandOver, ...failures } } },
    async (request) => {
      const wish = { id: request.params.id, by: request.person.id };
      await goOnHandOver(app.deps, wish);
      return readHandOver(app.deps.db, wish);
    },
  );
}
