/**
 * Whether the table would take a patch of a case's record (protocol.md A, tx1): references as the asking person sees them, types
 * and constraints as the engine will write them. Leaves nothing behind and gives locks back.
 */
import { sql } from 'kysely';
import type { Values } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import type { LoadedForm } from './form-store.ts';
import { patchRecord } from './patch.ts';
import { toProblem } from './problem.ts';
import { checkRefs } from './refs.ts';

/** @throws AppError invalid_fields (422) with the paths */
export async function tryPatch(tx: Tx, form: LoadedForm, id: string, patch: Values): Promise<void> {
  await checkRefs(tx, form, patch);
  await sql`savepoint try_patch`.execute(tx);
  try {
    await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
    await patchRecord(tx, form, id, { fields: patch, by: null });
    await sql`set constraints all immediate`.execute(tx);
  } catch (error) {
    throw toProblem(error, form);
  } finally {
    // Also gives the role back: it was set inside the savepoint.
    await sql`rollback to savepoint try_patch`.execute(tx);
  }
}
