import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** What record tables lean on, in plain SQL. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0002-records.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
