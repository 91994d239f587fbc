/** Names of persons, for answers: one query for all. */
import type { Tx } from '../db/as.ts';

export interface PersonName {
  id: string;
  name: string;
}

export async function findNames(tx: Tx, ids: Iterable<string | null | undefined>): Promise<Map<string, PersonName>> {
  const wanted = [...new Set(ids)].filter((id) => typeof id === 'string');
  if (wanted.length === 0) return new Map();
  const rows = await tx.selectFrom('person').select(['id', 'display_name as name']).where('id', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
