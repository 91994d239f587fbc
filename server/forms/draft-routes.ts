/** Drafts of form types and their publishing, for who holds form.publish. */
import { Type, type Static } from 'typebox';
import { asPerson } from '../db/as.ts';
import { checkFormDefinition, publishForm } from '../definitions/forms.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { assertMayAnywhere } from '../security/may.ts';
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
        await assertMayAnywhere(tx, publishing);
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
        await assertMayAnywhere(tx, publishing);
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
        await assertMayAnywhere(tx, publishing);
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
          'Makes or changes the table in the same transaction. An incompatible change is refused with a path and a code for each reason.',
        params: KeyParams,
        body: PublishBody,
        response: { 200: FormPublished, ...failures },
      },
    },
    async (request): Promise<Static<typeof FormPublished>> => {
      const { key } = request.params;
      const { id } = request.person;
      const draft = await asPerson(db, id, async (tx) => {
        await assertMayAnywhere(tx, publishing);
        return findDraft(tx, key);
      });
      if (checkFormDefinition(draft).key !== key)
        throw new AppError('invalid_form', 422, {}, [{ path: '/schema/x-key', code: 'change_incompatible' }]);
      const { version } = await publishForm(adminDb, draft, { note: request.body.note, by: id });
      await asPerson(db, id, (tx) => dropDraft(tx, key));
      return { key, version };
    },
  );
}
