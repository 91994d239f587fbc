/** Form types as the screens get them. */
import { Type } from 'typebox';
import { Text } from '../schema.ts';

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
