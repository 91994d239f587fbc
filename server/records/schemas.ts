/** Records of any form type. */
import { Type } from 'typebox';
import { Count, Fields, Instant, nullable, page, Uuid } from '../schema.ts';

/** Texts for the ids a record mentions: referred records, persons, files. */
export const Labels = Type.Record(Type.String(), Type.String());
export const RecordItem = Type.Object(
  {
    id: Uuid,
    label: Type.String(),
    version: Type.Integer({ description: "Raised by every change. Of a case's record: the rev of its case." }),
    communityId: nullable(Uuid),
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

export const RecordBody = Type.Object(
  {
    communityId: Type.Optional(nullable(Uuid)),
    fields: Fields,
  },
  { title: 'RecordBody', additionalProperties: false },
);
export const RecordPatchBody = Type.Object(
  {
    version: Type.Optional(
      Count({
        minimum: 0,
        description:
          "The version that was read. A register's record: 409 version_changed when somebody changed it since. A case's record: 409 field_changed with both values when somebody changed one of these fields since.",
      }),
    ),
    fields: Fields,
  },
  { title: 'RecordPatchBody', additionalProperties: false },
);
/** Several records of a form type in one transaction: shares that must sum to 1 change together. */
export const RecordBatchBody = Type.Object(
  {
    communityId: Type.Optional(nullable(Uuid)),
    create: Type.Optional(
      Type.Array(Type.Object({ fields: Fields }, { additionalProperties: false }), { maxItems: 200 }),
    ),
    change: Type.Optional(
      Type.Array(
        Type.Object(
          { id: Uuid, version: Type.Optional(Count({ minimum: 1 })), fields: Fields },
          { additionalProperties: false },
        ),
        { maxItems: 200 },
      ),
    ),
  },
  { title: 'RecordBatchBody', additionalProperties: false },
);
export const RecordBatch = Type.Object(
  { created: Type.Array(Uuid), changed: Type.Array(Uuid) },
  { title: 'RecordBatch' },
);
export const UnmaskBody = Type.Object(
  { field: Type.String({ maxLength: 30 }), reason: Type.String({ minLength: 2, maxLength: 400 }) },
  { title: 'UnmaskBody', additionalProperties: false },
);
export const Unmasked = Type.Object({ value: Type.String() }, { title: 'Unmasked' });
