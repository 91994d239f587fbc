/** Photos: stored once by content, served only to who may see the record. */
import { Type } from 'typebox';
import { nullable, Uuid } from '../schema.ts';

export const FileInfo = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    mediaType: Type.String(),
    bytes: Type.Integer(),
    width: nullable(Type.Integer()),
    height: nullable(Type.Integer()),
  },
  { title: 'FileInfo' },
);
