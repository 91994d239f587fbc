/**
 * Keyset pages: a cursor is the sort values of the last row, opaque to callers. Lists never use offsets: rows that come or go
 * meanwhile would shift pages.
 */
import { AppError } from './errors.ts';
import type { Seal } from './seal.ts';

type CursorValue = string | number | null;
/** Whether a sort value of a cursor can be one: anybody can make a cursor up, and Postgres would stumble over what is no instant. */
type Part<Value extends CursorValue> = (value: unknown) => value is Value;

/** An id, in the lower case of Postgres. */
export const isUuid = (value: unknown): value is string =>
  isText(value) && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);
/** As `Date.toISOString()` writes it, or to the microsecond; on a day that there is, which `Date.parse` does not ask. */
export const isInstant = (value: unknown): value is string =>
  isText(value) && /^(?!0000)\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && isOnItsDay(value);

function isOnItsDay(instant: string): boolean {
  const at = new Date(instant);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === instant.slice(0, 10);
}
/** Postgres keeps no NUL. */
export const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
export const orNull =
  <Value extends CursorValue>(part: Part<Value>): Part<Value | null> =>
  (value): value is Value | null =>
    value === null || part(value);

/** Its values, one a part. @throws AppError invalid_cursor */
export function decodeCursor<Values extends CursorValue[]>(
  cursor: string,
  ...parts: { [I in keyof Values]: Part<Values[I]> }
): Values {
  return valuesOf<Values>(Buffer.from(cursor, 'base64url').toString(), parts);
}

/** Of a page that was sealed: a row's values can be read from it by nobody. @throws AppError invalid_cursor */
export function openCursor<Values extends CursorValue[]>(
  { cursor, seal }: { cursor: string; seal: Seal },
  ...parts: { [I in keyof Values]: Part<Values[I]> }
): Values {
  return valuesOf<Values>(seal.open(cursor) ?? '', parts);
}

function valuesOf<Values extends CursorValue[]>(text: string, parts: { [I in keyof Values]: Part<Values[I]> }): Values {
  const values = parse(text);
  if (!Array.isArray(values) || values.length !== parts.length || !parts.every((part, i) => part(values[i]))) {
    throw new AppError('invalid_cursor', 422, {}, [{ path: '/cursor', code: 'format' }]);
  }
  return values as Values;
}

/** A page of `limit` from up to `limit + 1` rows: the one too many says that there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  map: { item: (row: Row) => Item; key: (row: Row) => readonly CursorValue[]; seal?: Seal },
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(map.item),
    next: rows.length > limit && last !== undefined ? encodeCursor(map.key(last), map.seal) : null,
  };
}

function encodeCursor(values: readonly CursorValue[], seal?: Seal): string {
  const text = JSON.stringify(values);
  return seal === undefined ? Buffer.from(text).toString('base64url') : seal.close(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
