/** Form types as the screens get them. */
import { Type } from 'typebox';
import { Instant, nullable, PersonRef, ProblemPath, Text } from '../schema.ts';

export const FormTypeItem = Type.Object(
  {
    key: Type.String(),
    kind: Type.Enum(['register', 'case']),
    title: Text,
    version: Type.Integer(),
    mayWrite: Type.Boolean(),
  },
  { title: 'FormTypeItem' },
);
export const FormTypeList = Type.Object({ items: Type.Array(FormTypeItem) }, { title: 'FormTypeList' });
export const FormDefinition = Type.Object(
  {
    key: Type.String(),
    version: Type.Integer(),
    schema: Type.Record(Type.String(), Type.Unknown(), {
      description: 'JSON Schema 2020-12 with the x- keywords of forms/form.schema.json.',
    }),
    layout: Type.Record(Type.String(), Type.Unknown(), { description: 'forms/layout.schema.json.' }),
  },
  { title: 'FormDefinition' },
);

export const FormVersionItem = Type.Object(
  {
    version: Type.Integer(),
    note: nullable(Type.String()),
    publishedBy: nullable(PersonRef),
    publishedAt: Instant,
    current: Type.Boolean(),
  },
  { title: 'FormVersionItem' },
);
export const FormVersionList = Type.Object({ items: Type.Array(FormVersionItem) }, { title: 'FormVersionList' });
const definition = {
  schema: Type.Record(Type.String(), Type.Unknown()),
  layout: Type.Record(Type.String(), Type.Unknown()),
};
export const FormDraftBody = Type.Object(definition, { title: 'FormDraftBody', additionalProperties: false });
/** A draft is kept as it is; what keeps it from being published stands beside it. */
export const FormDraft = Type.Object(
  {
    key: Type.String(),
    ...definition,
    problems: Type.Array(ProblemPath),
    updatedAt: Instant,
    updatedBy: nullable(PersonRef),
  },
  { title: 'FormDraft' },
);
export const PublishBody = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 400, description: 'What changed, for the list of versions.' }) },
  { title: 'PublishBody', additionalProperties: false },
);
export const FormPublished = Type.Object({ key: Type.String(), version: Type.Integer() }, { title: 'FormPublished' });
export const KeyParams = Type.Object({ key: Type.String({ maxLength: 24 }) });
