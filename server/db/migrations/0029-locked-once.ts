import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** In plain SQL, as the functions are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0029-locked-once.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
