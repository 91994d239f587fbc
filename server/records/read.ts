/** Records as the API shows them: labelled, personal fields masked. */
import { Type, type Static } from 'typebox';
import { maskFields } from '../../forms/mask.ts';
import type { Values } from '../../forms/types.ts';
import { casesOf, sightOf } from '../case-views/records.ts';
import { shown } from '../case-views/fields.ts';
import { isText, isUuid, openCursor, orNull, toPage } from '../cursor.ts';
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
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { Cursor, Uuid } from '../schema.ts';
import { sealFor } from '../seal.ts';
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

/** @throws AppError not_found, invalid_cursor, invalid_request with the path of what cannot be asked for */
export async function findPage(
  { db, config }: Pick<Deps, 'db' | 'config'>,
  of: Asking,
  query: Static<typeof ListQuery>,
): Promise<Static<typeof RecordPage>> {
  const form = await loadForm(db, of.form);
  // Whose page of which list: the values in it are of a record, and nobody may read or make them up.
  const seal = sealFor(config.codecKeys, JSON.stringify(['records', of.personId, form.key, query.sort ?? '']));
  return badFilter(() =>
    asPerson(db, of.personId, async (tx) => {
      const records = await listRecords(tx, form, {
        limit: query.limit,
        ...(form.kind === 'case' && { sight: await sightOf(db, tx, of.personId, form) }),
        ...(query.q !== undefined && { search: query.q }),
        ...(query.community !== undefined && { communityId: query.community }),
        ...(query.filter !== undefined && { filter: parseFilter(query.filter) }),
        ...(query.sort !== undefined && { sort: parseSort(query.sort) }),
        ...(query.cursor !== undefined && {
          after: openCursor({ cursor: query.cursor, seal }, orNull(isText), isUuid),
        }),
      });
      const items = await toItems({ db, tx, personId: of.personId }, form, records.slice(0, query.limit));
      const page = toPage(records, query.limit, { item: ({ id }) => id, key: ({ end }) => end, seal });
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
    const record = { ...(await readRecord(tx, form, id)), caseRev };
    const [item] = await toItems({ db, tx, personId: of.personId }, form, [record]);
    if (item === undefined) throw new AppError('not_found', 404);
    return item;
  });
}

async function readCaseRev(tx: Tx, caseId: string): Promise<number | null> {
  const row = await tx.selectFrom('case').select('applied_rev').where('id', '=', caseId).executeTakeFirst();
  return row?.applied_rev ?? null;
}

type Read = StoredRecord & Pick<ListedRecord, 'caseRev'>;

interface Reader {
  db: Db;
  tx: Tx;
  personId: string;
}

/** Of a record as its reader sees it. */
interface Shown {
  fields: Values;
  /** Stands in where the label has nothing that the reader may see. */
  name: string;
}

async function toItems(reader: Reader, form: LoadedForm, records: Read[]): Promise<Static<typeof RecordItem>[]> {
  const { tx } = reader;
  const seen = form.kind === 'case' ? await showCases(reader, form, records) : records.map(showRegister(form));
  const values = seen.map(({ fields }) => fields);
  const [names, labels] = [await renderAll(tx, form, values), await recordLabels(tx, form, values)];
  return records.map((record, i) => ({
    id: record.id,
    label: [names[i], seen[i]?.name].find(Boolean) ?? '',
    version: record.caseRev ?? record.version,
    communityId: record.communityId,
    formVersion: record.formVersion,
    fields: values[i] ?? {},
    labels: labelsIn(values[i], labels),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  }));
}

function showRegister(form: LoadedForm): (record: Read) => Shown {
  return ({ fields }) => ({ fields: maskFields(form, fields), name: '' });
}

/** As the page of each case shows it. */
async function showCases({ db, tx, personId }: Reader, form: LoadedForm, records: Read[]): Promise<Shown[]> {
  const cases = await casesOf(db, tx, { personId, caseIds: records.map(({ id }) => id) });
  return records.map(({ id, fields }) => {
    const found = cases.get(id);
    return found === undefined
      ? { fields: {}, name: '' }
      : { fields: shown(form, found.rights, fields), name: found.number };
  });
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
