import { sql, type Kysely } from 'kysely';
import { readFile } from 'node:fs/promises';

/** Offered outcomes and pauses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = await readFile(new URL('./0010-language.sql', import.meta.url), 'utf8');
  await sql.raw(text).execute(db);
}
