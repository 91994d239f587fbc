/** Records of any form type. */
import { Type } from 'typebox';
import { Fields, Instant, page, Uuid } from '../schema.ts';

/** Texts for the ids a record mentions: referred records, persons, files. */
export const Labels = Type.Record(Type.String(), Type.String());
export const RecordItem = Type.Object(
  {
    id: Uuid,
    label: Type.String(),
    version: Type.Integer(),
    formVersion: Type.Integer(),
    fields: Fields,
    labels: Labels,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { title: 'RecordItem' },
);
export const RecordPage = page('RecordPage', RecordItem);
/** What a picker shows. */
export const RecordOption = Type.Object({ id: Uuid, label: Type.String() }, { title: 'RecordOption' });
export const RecordOptionPage = page('RecordOptionPage', RecordOption);
