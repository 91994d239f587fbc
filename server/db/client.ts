/**
 * Kysely over node-postgres, and how Postgres types become JavaScript values:
 *   numeric       string ('19.99'): money never passes a float; arrays too
 *   bigint        number, refused beyond 2^53: counts and revs stay small, and JSON has no bigint
 *   date          'YYYY-MM-DD': a day that people mean has no clock and no zone
 *   timestamptz   Date
 *   json, jsonb   parsed
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { PipeliningClient } from './pipelining-client.ts';
import type { Database } from './tables/index.ts';

const oid = { int8: 20, date: 1082, int8Array: 1016, dateArray: 1182, numericArray: 1231 } as const;

const parsers = new Map<number, (text: string) => unknown>([
  [oid.int8, toSafeInteger],
  [oid.date, (text) => text],
  [oid.int8Array, (text) => parseArray(text, toSafeInteger)],
  [oid.dateArray, (text) => parseArray(text, (item) => item)],
  [oid.numericArray, (text) => parseArray(text, (item) => item)],
]);

/** node-postgres hands the parser a type's number and, with us, always the text format. */
function getTypeParser(typeId: number): (text: string) => unknown {
  return parsers.get(typeId) ?? (pg.types.getTypeParser as (id: number) => (text: string) => unknown)(typeId);
}

const types: pg.CustomTypesConfig = { getTypeParser };

export interface DbOptions {
  /** Most connections of the pool. */
  max: number;
  /** Ends a statement that runs longer, so that a bad one cannot hold its locks for ever; undefined = no limit. */
  statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Told when an idle connection breaks (Postgres restarted); the pool opens another by itself. */
  onError?: (err: Error) => void;
}

/** Opens no connection yet. End with `db.destroy()`. */
export function createDb(url: string, options: DbOptions): Kysely<Database> {
  const pool = new pg.Pool({
    Client: PipeliningClient,
    pipeline: true,
    connectionString: url,
    max: options.max,
    types,
    application_name: options.applicationName ?? 'guanjia',
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without a listener node-postgres ends the process when an idle connection breaks.
  pool.on('error', options.onError ?? (() => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
}

/** One-dimensional arrays of numbers and dates, whose items never need quotes. */
function parseArray<T>(text: string, parse: (item: string) => T): (T | null)[] {
  const inner = text.slice(text.indexOf('{') + 1, -1);
  return inner === '' ? [] : inner.split(',').map((item) => (item === 'NULL' ? null : parse(item)));
}
