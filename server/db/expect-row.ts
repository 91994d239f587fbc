/**
 * What a statement was written in the belief of, asked within it or on its way: where it is not so the statement fails, and nothing of its
 * transaction counts. Whoever sent it then does the same with care.
 */
import { sql, type RawBuilder } from 'kysely';

/** `count` is to be 1. */
export function expectRow(count: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`expect_row(${count})`;
}

/** What `expectRow` fails with. */
export function isRefuted(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'GJ001';
}
