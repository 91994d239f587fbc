/** Finding a person for a picker. */
import { Type } from 'typebox';
import { nullable, page, Text, Uuid } from '../schema.ts';

export const PersonItem = Type.Object(
  { id: Uuid, name: Type.String(), department: nullable(Type.String()), roles: Type.Array(Text) },
  { title: 'PersonItem' },
);
export const PersonPage = page('PersonPage', PersonItem);
