/** Registers (communities, units, employees …) are form types like any other: a database exists before the first is published. */
import { sql } from 'kysely';
import type { Tx } from './as.ts';

/** Whether all these form types have their tables already. */
export async function hasRegisters(tx: Tx, ...tables: string[]): Promise<boolean> {
  const names = tables.map((table) => `record.${table}`);
  const { rows } = await sql<{ there: boolean }>`
    select bool_and(to_regclass(name) is not null) as there from unnest(${names}::text[]) name`.execute(tx);
  return rows[0]?.there === true;
}
