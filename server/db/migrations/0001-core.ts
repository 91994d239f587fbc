import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** The core tables live in plain SQL, so that row security and grants read as what they are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0001-core.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
