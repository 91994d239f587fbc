import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** Which parties a right held in a community reaches, in plain SQL. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0004-parties.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
