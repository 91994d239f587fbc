import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** In plain SQL, as the policies are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0018-people.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
