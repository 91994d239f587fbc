/** Records as the API shows them: labelled, personal fields masked. */
import { Type, type Static } from 'typebox';
import { maskFields } from '../../forms/mask.ts';
import { decodeCursor, isText, isUuid, orNull, toPage } from '../cursor.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import {
  listRecords,
  loadForm,
  readRecord,
  recordLabels,
  renderAll,
  type ListedRecord,
  type LoadedForm,
  type RecordFilter,
  type RecordSort,
  type StoredRecord,
} from '../db/records/index.ts';
import { AppError } from '../errors.ts';
import { Cursor, Uuid } from '../schema.ts';
import type { RecordItem, RecordPage } from './schemas.ts';

/** Who asks for records of which form type. */
export interface Asking {
  personId: string;
  form: string;
}

export const ListQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 80, description: 'Words that must all be found.' })),
    community: Type.Optional(Uuid),
    filter: Type.Optional(
      Type.String({
        maxLength: 2000,
        description:
          'JSON: {"field": value | [values] | {"gte": …, "lt": …, "ne": …, "contains": …, "empty": true}}, all of which must hold.',
      }),
    ),
    sort: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'A field, createdAt or updatedAt; with a minus before it, descending.',
      }),
    ),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);

export async function findPage(
  db: Db,
  of: Asking,
  query: Static<typeof ListQuery>,
): Promise<Static<typeof RecordPage>> {
  const form = await loadForm(db, of.form);
  return badFilter(() =>
    asPerson(db, of.personId, async (tx) => {
      const records = await listRecords(tx, form, {
        limit: query.limit,
        ...(query.q !== undefined && { search: query.q }),
        ...(query.community !== undefined && { communityId: query.community }),
        ...(query.filter !== undefined && { filter: parseFilter(query.filter) }),
        ...(query.sort !== undefined && { sort: parseSort(query.sort) }),
        ...(query.cursor !== undefined && { after: decodeCursor(query.cursor, orNull(isText), isUuid) }),
      });
      const items = await toItems(tx, form, records.slice(0, query.limit));
      const page = toPage(records, query.limit, { item: ({ id }) => id, key: ({ end }) => end });
      return { items, next: page.next };
    }),
  );
}

/** @throws AppError not_found */
export async function findOne(db: Db, of: Asking, id: string): Promise<Static<typeof RecordItem>> {
  const form = await loadForm(db, of.form);
  return asPerson(db, of.personId, async (tx) => {
    // Before the fields: a rev read after them would hide a change between the two.
    const caseRev = form.kind === 'case' ? await readCaseRev(tx, id) : null;
    const [item] = await toItems(tx, form, [{ ...(await readRecord(tx, form, id)), caseRev }]);
    if (item === undefined) throw new AppError('not_found', 404);
    return item;
  });
}

async function readCaseRev(tx: Tx, caseId: string): Promise<number | null> {
  const row = await tx.selectFrom('case').select('applied_rev').where('id', '=', caseId).executeTakeFirst();
  return row?.applied_rev ?? null;
}

type Read = StoredRecord & Pick<ListedRecord, 'caseRev'>;

async function toItems(tx: Tx, form: LoadedForm, records: Read[]): Promise<Static<typeof RecordItem>[]> {
  const values = records.map(({ fields }) => fields);
  const [names, labels] = [await renderAll(tx, form, values), await recordLabels(tx, form, values)];
  return records.map((record, i) => ({
    id: record.id,
    label: names[i] ?? '',
    version: record.caseRev ?? record.version,
    communityId: record.communityId,
    formVersion: record.formVersion,
    fields: maskFields(form, record.fields),
    labels: labelsIn(record.fields, labels),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  }));
}

/** Only the names a record mentions. */
function labelsIn(value: unknown, labels: Record<string, string>): Record<string, string> {
  if (typeof value === 'string') return Object.hasOwn(labels, value) ? { [value]: labels[value] ?? '' } : {};
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign({}, ...Object.values(value).map((item) => labelsIn(item, labels))) as Record<string, string>;
}

function parseFilter(text: string): RecordFilter {
  try {
    const filter: unknown = JSON.parse(text);
    if (
      typeof filter === 'object' &&
      filter !== null &&
      !Array.isArray(filter) &&
      !Object.values(filter).includes(null)
    )
      return filter as RecordFilter;
  } catch {
    // Told below, like every other text that is no filter.
  }
  throw new AppError('invalid_request', 422, {}, [
    { path: '/filter', code: 'wrong_format', params: { in: 'querystring' } },
  ]);
}

function parseSort(text: string): RecordSort {
  return text.startsWith('-') ? { field: text.slice(1), descending: true } : { field: text };
}

/** A value of the filter or cursor that its column cannot have. */
async function badFilter<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(22|42883|42804|42846)/.test(code)) throw error;
    throw new AppError('invalid_request', 422, {}, [
      { path: '/filter', code: 'wrong_format', params: { in: 'querystring' } },
    ]);
  }
}
