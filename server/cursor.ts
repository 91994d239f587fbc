/**
 * Keyset pages: a cursor is the sort values of the last row, opaque to callers. Lists never use offsets: rows that come or go
 * meanwhile would shift pages.
 */
import { AppError } from './errors.ts';

export type CursorValue = string | number | null;

function encodeCursor(values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** As many values as were encoded. @throws AppError invalid_cursor */
export function decodeCursor(cursor: string, length: number): CursorValue[] {
  const values = parse(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(values) || values.length !== length || !values.every(isCursorValue)) {
    throw new AppError('invalid_cursor', 422, {}, [{ path: '/cursor', code: 'format' }]);
  }
  return values;
}

/** A page of `limit` from up to `limit + 1` rows: the one too many says that there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  map: { item: (row: Row) => Item; key: (row: Row) => readonly CursorValue[] },
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(map.item),
    next: rows.length > limit && last !== undefined ? encodeCursor(map.key(last)) : null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCursorValue(value: unknown): value is CursorValue {
  return value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}
