/** Pages of records by keyset: the sort value and the id of the last row say where the next page begins. */
import { sql, type RawBuilder } from 'kysely';
import type { Column } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { columnSeen, toConditions, toSearch, type RecordFilter, type Seen, type Sight } from './filter.ts';
import type { LoadedForm } from './form-store.ts';
import { ownOrder } from './own-order.ts';
import { selectFrom, toRecords, type StoredRecord } from './read.ts';
import type { Row } from './values.ts';

export interface RecordSort {
  /** A field of one column, or createdAt, updatedAt. */
  field: string;
  descending?: boolean;
}
export interface ListOptions {
  filter?: RecordFilter;
  sort?: RecordSort;
  search?: string;
  communityId?: string;
  /** Which fields may be asked for; all unless told otherwise. */
  sight?: Sight;
  /** Where the page before ended. */
  after?: PageEnd;
  limit: number;
}
/** The sort value as text, null where the field is empty (those come last), and the id. */
type PageEnd = [value: string | null, id: string];
/** Up to `limit + 1` records: the one too many says that there is a next page. */
export interface ListedRecord extends StoredRecord {
  /** Of a case's record: the rev its case had when this was read. */
  caseRev: number | null;
  end: PageEnd;
}

/**
 * Newest first unless the layout or the caller says otherwise.
 * @throws AppError invalid_request: a field that is none, or that the asking person sees masked or not at all
 */
export async function listRecords(tx: Tx, form: LoadedForm, options: ListOptions): Promise<ListedRecord[]> {
  const seen = { form, sight: options.sight ?? (() => true) };
  const key = await keyFor(tx, seen, options.sort);
  const conditions = [
    sql`r.deleted_at is null`,
    ...toConditions(seen, options.filter ?? {}),
    ...(await toSearch(tx, seen, options.search ?? '')),
    ...(options.communityId === undefined ? [] : inCommunity(form, options.communityId)),
    ...(options.after === undefined ? [] : [follows(key, options.after)]),
  ];
  const { rows } = await sql<Row>`${selectFrom(form, [sql`${key.column}::text as "sort key"`, caseRev(form)])}
    where ${sql.join(conditions, sql` and `)}
    order by ${key.column} ${sql.raw(key.direction)} nulls last, r.id ${sql.raw(key.direction)}
    limit ${options.limit + 1}`.execute(tx);
  const records = await toRecords(tx, form, rows);
  return records.map((record, i) => ({
    ...record,
    caseRev: (rows[i]?.['case rev'] ?? null) as number | null,
    end: [(rows[i]?.['sort key'] ?? null) as string | null, record.id],
  }));
}

/** In the statement that reads the fields: a rev read later would hide a change between the two. */
function caseRev(form: LoadedForm): RawBuilder<unknown> {
  return form.kind === 'case'
    ? sql`(select c.applied_rev from "case" c where c.id = r.id) as "case rev"`
    : sql`null::int as "case rev"`;
}

interface SortKey {
  column: RawBuilder<unknown>;
  type: string;
  direction: 'asc' | 'desc';
}

const sortColumns = new Map<string, Column>([
  ['createdAt', { name: 'created_at', type: 'timestamptz' }],
  ['updatedAt', { name: 'updated_at', type: 'timestamptz' }],
]);

async function keyFor(tx: Tx, seen: Seen, sort: RecordSort | undefined): Promise<SortKey> {
  if (sort !== undefined) return sortKey(seen, sort);
  const column = await ownOrder(tx, seen);
  return column === undefined ? sortKey(seen, ownSort(seen)) : { column, type: 'text[]', direction: 'asc' };
}

/** The layout's, unless the asking person does not see that field as it is. */
function ownSort({ form, sight }: Seen): RecordSort {
  const [own] = form.layout.sort ?? [];
  const isSeen = own !== undefined && form.byName.get(own.field)?.mask == null && sight(own.field) !== false;
  return isSeen ? own : { field: 'createdAt', descending: true };
}

function sortKey({ form, sight }: Seen, { field: name, descending = false }: RecordSort): SortKey {
  const direction = descending ? 'desc' : 'asc';
  const system = sortColumns.get(name);
  if (system !== undefined) return { column: sql`r.${sql.id(system.name)}`, type: system.type, direction };
  const field = form.byName.get(name);
  const [column, ...more] = field?.columns ?? [];
  if (field === undefined || column === undefined || more.length > 0) throw refused('field_unknown');
  // The order alone would tell a masked value, page by page.
  if (field.mask !== null) throw refused('field_masked');
  return { column: columnSeen(field, sight, '/sort'), type: column.type, direction };
}

function refused(code: string): AppError {
  return new AppError('invalid_request', 422, {}, [{ path: '/sort', code }]);
}

function follows({ column, type, direction }: SortKey, [value, id]: PageEnd): RawBuilder<unknown> {
  const beyond = sql.raw(direction === 'asc' ? '>' : '<');
  const sameAfter = (same: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${same} and r.id ${beyond} ${id}::uuid)`;
  if (value === null) return sameAfter(sql`${column} is null`);
  const from = sql`${value}::${sql.raw(type)}`;
  return sql`(${column} ${beyond} ${from} or ${sameAfter(sql`${column} = ${from}`)} or ${column} is null)`;
}

function inCommunity(form: LoadedForm, communityId: string): RawBuilder<unknown>[] {
  if (form.local === true) return [sql`r.community_id = ${communityId}::uuid`];
  return form.local === 'self' ? [sql`r.id = ${communityId}::uuid`] : [];
}
