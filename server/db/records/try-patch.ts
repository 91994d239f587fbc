/**
 * Whether the table would take a patch of a case's record (protocol.md A, tx1): references as the asking person sees them, types
 * and constraints as the engine will write them. Leaves nothing behind and gives locks back.
 */
import { sql, type RawBuilder } from 'kysely';
import { constraintFields } from '../../../forms/constraint-fields.ts';
import type { FieldKind, Values } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';
import { expectRow } from '../expect-row.ts';
import { withNext } from '../pipelining-client.ts';
import type { LoadedForm } from './form-store.ts';
import { patchAhead } from './patch.ts';
import { toProblem } from './problem.ts';
import { checkPersonsOf, personsAreChoices } from './persons.ts';
import { checkRefs, refsAreThere } from './refs.ts';

export interface Trial {
  patch: Values;
  /** Fields whose references the caller has checked, with more authority than the asking person's. */
  checked?: readonly string[];
  /** The patch is valid by the version that the table follows: where that says all the table could, the table is not asked. */
  isValid?: boolean;
  /**
   * Asked is only whether, together with the next statement of the transaction: where the answer is no that one fails with what `isRefuted`
   * knows, and whoever asked tries again without this.
   */
  withNext?: boolean;
}

/**
 * The trial goes in one message.
 * @throws AppError invalid_fields (422) with the paths
 */
export async function tryPatch(
  tx: Tx,
  form: LoadedForm,
  id: string,
  { patch, checked = [], isValid = false, withNext: isAhead = false }: Trial,
): Promise<void> {
  const asksTable = !isValid || mayBeRefused(form, patch);
  const mentioned = Object.fromEntries(Object.entries(patch).filter(([name]) => !checked.includes(name)));
  if (isAhead && !asksTable) {
    await expectAll(tx, [...refsAreThere(form, mentioned), ...personsAreChoices(form, id, patch)]);
    return;
  }
  await checkRefs(tx, form, mentioned);
  await checkPersonsOf(tx, form, id, patch);
  if (!asksTable) return;
  await sql`savepoint try_patch; set local role guanjia_engine`.execute(tx);
  try {
    await patchAhead(tx, form, id, { fields: patch, by: null, hasCheckedRefs: true, isThere: true });
    // Back to the savepoint is also back to the person's role: the engine's was set after it.
    await sql`set constraints all immediate; rollback to savepoint try_patch`.execute(tx);
  } catch (error) {
    await sql`rollback to savepoint try_patch`.execute(tx);
    throw toProblem(error, form);
  }
}

async function expectAll(tx: Tx, conditions: RawBuilder<boolean>[]): Promise<void> {
  if (conditions.length === 0) return;
  await sql`select ${expectRow(sql`(${sql.join(conditions, sql` and `)})::int`)} ${withNext}`.execute(tx);
}

/** Kinds of which the table takes any valid value: what they refer to has been looked for, and no arithmetic is theirs. */
const safeKinds: ReadonlySet<FieldKind> = new Set([
  'text',
  'longText',
  'boolean',
  'choice',
  'person',
  'party',
  'department',
  'ref',
]);

/** Whether the table may have something against a valid patch: rules between records and fields, formulas, ranges of its types. */
export function mayBeRefused(form: LoadedForm, patch: Values): boolean {
  if (form.fields.some(({ kind }) => kind === 'computed')) return true;
  const constrained = new Set(form.constraints.flatMap(({ constraint }) => constraintFields(constraint)));
  return Object.entries(patch).some(([name, value]) => {
    const kind = form.byName.get(name)?.kind;
    const isText = typeof value !== 'string' || !value.includes('\0');
    return kind === undefined || !safeKinds.has(kind) || constrained.has(name) || !isText;
  });
}
