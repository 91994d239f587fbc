/**
 * Who is there to work: nobody who has left, and nobody who is on approved leave that day (form types `employee` and `leave`, as far as
 * the company has them with these fields). Conditions over `p`, a person.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { AppError } from '../errors.ts';

export interface Presence {
  /** For which it is asked. */
  moment: RawBuilder<Date>;
  /** Cannot sign in, or is no longer employed. */
  hasLeft: RawBuilder<boolean>;
  isOnLeave: RawBuilder<boolean>;
  /** The cover named in the leave of that day; null: none. */
  cover: RawBuilder<string | null>;
}

/** Of the present, or of the given moment. */
export async function findPresence(tx: Tx, at?: Date): Promise<Presence> {
  const moment = at === undefined ? sql<Date>`now()` : sql<Date>`${at}::timestamptz`;
  const day = sql`(${moment} at time zone community_zone(null))::date`;
  const employee = await columnsOf(tx, 'employee', ['status', 'leftOn']);
  const leave = await columnsOf(tx, 'leave', ['applicant', 'fromDate', 'endsOn', 'result', 'cover']);
  const isUnemployed = employee
    ? sql`exists (select from ${employee.table} e where e.id = p.employee_id and e.deleted_at is null
        and (e.${employee.column('status')} = 'left' or e.${employee.column('leftOn')} < ${day}))`
    : sql`false`;
  const hasLeft = sql<boolean>`(p.disabled_at is not null or ${isUnemployed})`;
  if (!leave) return { moment, hasLeft, isOnLeave: sql`false`, cover: sql`null::uuid` };
  const { table, column } = leave;
  const ofThatDay = sql`from ${table} l where l.deleted_at is null and l.${column('applicant')} = p.id
    and l.${column('result')} = 'approved' and ${day} between l.${column('fromDate')} and l.${column('endsOn')}`;
  const cover = sql<string | null>`(select l.${column('cover')} ${ofThatDay} order by l.${column('fromDate')} limit 1)`;
  return { moment, hasLeft, isOnLeave: sql`exists (select ${ofThatDay})`, cover };
}

interface Columns {
  table: RawBuilder<unknown>;
  column: (field: string) => RawBuilder<unknown>;
}

/** Undefined: no such form type, or one without these fields. */
async function columnsOf(tx: Tx, key: string, fields: readonly string[]): Promise<Columns | undefined> {
  const form = await loadForm(tx, key).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const names = new Map(fields.map((field) => [field, form?.byName.get(field)?.columns[0]?.name]));
  if (form === undefined || [...names.values()].includes(undefined)) return undefined;
  return { table: sql.id('record', form.table), column: (field) => sql.id(names.get(field) ?? field) };
}
