/** Form types: what there is, one with its definition, its versions. */
import { Type, type Static } from 'typebox';
import { asPerson } from '../db/as.ts';
import { loadForm } from '../db/records/index.ts';
import { problems, type App } from '../http.ts';
import { Count } from '../schema.ts';
import { assertMay } from '../security/may.ts';
import { findForms, findVersions } from './forms.ts';
import { FormDefinition, FormTypeList, FormVersionList, KeyParams } from './schemas.ts';

const tags = ['Forms'];
const publishing = 'form.publish';

export function formRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/forms',
    {
      schema: {
        tags,
        summary: 'Form types whose records I may read',
        response: { 200: FormTypeList, ...problems(401) },
      },
    },
    async (request) => ({ items: await asPerson(db, request.person.id, findForms) }),
  );
  app.get(
    '/api/forms/:key',
    {
      schema: {
        tags,
        summary: 'A form type: the current version, or the one asked for',
        params: KeyParams,
        querystring: Type.Object({ version: Type.Optional(Count({ minimum: 1 })) }, { additionalProperties: false }),
        response: { 200: FormDefinition, ...problems(401, 404) },
      },
    },
    async (request): Promise<Static<typeof FormDefinition>> => {
      const form = await loadForm(db, request.params.key, request.query.version);
      return { key: form.key, version: form.version, schema: { ...form.schema }, layout: { ...form.layout } };
    },
  );
  app.get(
    '/api/forms/:key/versions',
    {
      schema: {
        tags,
        summary: 'Versions of a form type, newest first',
        params: KeyParams,
        response: { 200: FormVersionList, ...problems(401, 403, 404) },
      },
    },
    (request) =>
      asPerson(db, request.person.id, async (tx) => {
        await assertMay(tx, publishing);
        return { items: await findVersions(tx, request.params.key) };
      }),
  );
}
