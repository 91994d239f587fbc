/**
 * The record has not been deleted; for statements that look for records by their ids. Said in a way that Postgres does not take for the
 * condition of a unique index among what is there: in a table that was nearly empty when the statement was planned it would keep to such an
 * index, and read it from end to end to find one id.
 */
import { sql, type RawBuilder } from 'kysely';

export const isThere: RawBuilder<boolean> = sql<boolean>`(deleted_at is null) is not false`;
