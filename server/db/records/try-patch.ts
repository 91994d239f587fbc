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
import { checkPersonsOf } from './persons.ts';
import { checkRefs } from './refs.ts';

/**
 * The trial goes in one message. `checked`: fields whose references the caller has checked, with
 * more authority than the asking person's.
 * @throws AppError invalid_fields (422) with the paths
 */
export async function tryPatch(
  tx: Tx,
  form: LoadedForm,
  id: string,
  { patch, checked = [] }: { patch: Values; checked?: readonly string[] },
): Promise<void> {
  const mentioned = Object.entries(patch).filter(([name]) => !checked.includes(name));
  await checkRefs(tx, form, Object.fromEntries(mentioned));
  await checkPersonsOf(tx, form, id, patch);
  await sql`savepoint try_patch; set local role guanjia_engine`.execute(tx);
  try {
    await patchRecord(tx, form, id, { fields: patch, by: null, hasCheckedRefs: true, isTrial: true });
    // Back to the savepoint is also back to the person's role: the engine's was set after it.
    await sql`set constraints all immediate; rollback to savepoint try_patch`.execute(tx);
  } catch (error) {
    await sql`rollback to savepoint try_patch`.execute(tx);
    throw toProblem(error, form);
  }
}
