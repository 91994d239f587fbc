/** A picture of everything a database holds: rows with the transaction that wrote them, and how far sequences are. Two that are equal: nothing was written. */
import { sql } from 'kysely';
import type { TestDb } from './database.ts';

export async function pictureOf({ adminDb }: TestDb): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2`.execute(
    adminDb,
  );
  const picture: Record<string, string> = {};
  for (const { schema, name } of tables) {
    const table = sql.id(schema, name);
    const { rows } = await sql<{ told: string }>`
      select count(*) || ' ' || coalesce(md5(string_agg(md5(t.xmin::text || t::text), '' order by t.ctid)), '') as told from ${table} t`.execute(
      adminDb,
    );
    picture[`${schema}.${name}`] = rows[0]?.told ?? '';
  }
  const { rows: sequences } = await sql<{ name: string; at: string | null }>`
    select schemaname || '.' || sequencename as name, last_value::text as at from pg_sequences order by 1`.execute(
    adminDb,
  );
  for (const { name, at } of sequences) picture[name] = String(at);
  return picture;
}
