/** Pages of records by keyset: the sort value and the id of the last row say where the next page begins. */
import { sql, type RawBuilder } from 'kysely';
import type { Column } from '../../../forms/types.ts';
import { AppError } from '../../errors.ts';
import type { Tx } from '../as.ts';
import { toConditions, toSearch, type RecordFilter } from './filter.ts';
import type { LoadedForm } from './form-store.ts';
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
  /** Where the page before ended. */
  after?: PageEnd;
  limit: number;
}
/** The sort value as text, null where the field is empty (those come last), and the id. */
export type PageEnd = [value: string | null, id: string];
/** Up to `limit + 1` records: the one too many says that there is a next page. */
export interface ListedRecord extends StoredRecord {
  /** Of a case's record: the rev its case had when this was read. */
  caseRev: number | null;
  end: PageEnd;
}

/** Newest first unless the layout or the caller says otherwise. @throws AppError invalid_request */
export async function listRecords(tx: Tx, form: LoadedForm, options: ListOptions): Promise<ListedRecord[]> {
  const key = sortKey(form, options.sort ?? form.layout.sort?.[0] ?? { field: 'createdAt', descending: true });
  const conditions = [
    sql`r.deleted_at is null`,
    ...toConditions(form, options.filter ?? {}),
    ...(await toSearch(tx, form, options.search ?? '')),
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

const sortColumns: Partial<Record<string, Column>> = {
  createdAt: { name: 'created_at', type: 'timestamptz' },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
};

function sortKey(form: LoadedForm, { field, descending = false }: RecordSort): SortKey {
  const column = sortColumns[field] ?? onlyColumn(form, field);
  if (column === undefined) throw new AppError('invalid_request', 422, {}, [{ path: '/sort', code: 'field_unknown' }]);
  return { column: sql`r.${sql.id(column.name)}`, type: column.type, direction: descending ? 'desc' : 'asc' };
}

function onlyColumn(form: LoadedForm, field: string): Column | undefined {
  const columns = form.byName.get(field)?.columns;
  return columns?.length === 1 ? columns[0] : undefined;
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
