/** Drafts of form types and their publishing, for who holds form.publish in the whole company: so far reaches what is published. */
import { Type, type Static } from 'typebox';
import { asPerson } from '../db/as.ts';
import { publishDraft } from '../definitions/forms.ts';
import { problems, type App } from '../http.ts';
import { assertMay } from '../security/may.ts';
import { dropDraft, findDraft, keepDraft } from './forms.ts';
import { FormDraft, FormDraftBody, FormPublished, KeyParams, PublishBody } from './schemas.ts';

const tags = ['Forms'];
const publishing = 'form.publish';
const failures = problems(401, 403, 404, 422);

export function draftRoutes(app: App): void {
  keepRoutes(app);
  endRoutes(app);
}

function keepRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/forms/:key/draft',
    {
      schema: {
        tags,
        summary: 'The draft of the next version',
        params: KeyParams,
        response: { 200: FormDraft, ...failures },
      },
    },
    (request) =>
      asPerson(db, request.person.id, async (tx) => {
        await assertMay(tx, publishing);
        return findDraft(tx, request.params.key);
      }),
  );
  app.put(
    '/api/forms/:key/draft',
    {
      schema: {
        tags,
        summary: 'Keep a draft, of a new form type too',
        description: 'Kept even with problems, which come back with it.',
        params: KeyParams,
        body: FormDraftBody,
        response: { 200: FormDraft, ...failures },
      },
    },
    (request) =>
      asPerson(db, request.person.id, async (tx) => {
        await assertMay(tx, publishing);
        await keepDraft(tx, { key: request.params.key, ...request.body, by: request.person.id });
        return findDraft(tx, request.params.key);
      }),
  );
}

function endRoutes(app: App): void {
  const { db, adminDb } = app.deps;
  app.delete(
    '/api/forms/:key/draft',
    {
      schema: { tags, summary: 'Throw the draft away', params: KeyParams, response: { 204: Type.Null(), ...failures } },
    },
    async (request, reply) => {
      await asPerson(db, request.person.id, async (tx) => {
        await assertMay(tx, publishing);
        await dropDraft(tx, request.params.key);
      });
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/forms/:key/publish',
    {
      schema: {
        tags,
        summary: 'Publish the draft as the next version',
        description:
          'Makes or changes the table and drops the draft in one transaction. An incompatible change is refused with a path and a code for each reason.',
        params: KeyParams,
        body: PublishBody,
        response: { 200: FormPublished, ...failures },
      },
    },
    async (request): Promise<Static<typeof FormPublished>> => {
      const { key } = request.params;
      const { id } = request.person;
      await asPerson(db, id, (tx) => assertMay(tx, publishing));
      const { version } = await publishDraft(adminDb, key, { note: request.body.note, by: id });
      return { key, version };
    },
  );
}
