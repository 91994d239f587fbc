/** The record of a case, through the form version that the case's flow was published with. */
import { withoutEmpty } from '../../forms/empty.ts';
import type { Values } from '../../forms/types.ts';
import type { Json } from '../../workflows/engine/types.ts';
import type { Tx } from '../db/as.ts';
import type { LoadedForm } from '../db/records/form-store.ts';
import { patchAhead, patchAndRead } from '../db/records/patch.ts';
import { toProblem } from '../db/records/problem.ts';
import { readRecord } from '../db/records/read.ts';
import { AppError } from '../errors.ts';

/** @throws AppError not_found */
export async function readCaseFields(tx: Tx, form: LoadedForm, caseId: string): Promise<Values> {
  const record = await readRecord(tx, form, caseId);
  return record.fields;
}

export interface CasePatch {
  caseId: string;
  fields: Values;
  /** Null: the system. */
  by: string | null;
  rev: number;
}

/** As the engine role; answers what the record then is. Throws what the table has against it: `tableProblem` says whether it is that. */
export async function patchCaseRecord(tx: Tx, form: LoadedForm, patch: CasePatch): Promise<Values> {
  const { caseId, ...change } = patch;
  const record = await patchAndRead(tx, form, caseId, change);
  return record.fields;
}

/** The same of a record that is known and whose table surely takes the values as they are: goes with the next statement, which tells if not. */
export async function patchKnownRecord(
  tx: Tx,
  form: LoadedForm,
  { caseId, before, ...change }: CasePatch & { before: Values },
): Promise<Values> {
  await patchAhead(tx, form, caseId, { ...change, hasCheckedRefs: true, isThere: false });
  const after: Values = { ...before };
  for (const [name, value] of Object.entries(change.fields)) {
    // As Postgres writes an id.
    const isId = form.byName.get(name)?.ref !== null && typeof value === 'string';
    after[name] = isId ? value.toLowerCase() : value;
  }
  return withoutEmpty(after);
}

/** What the table refuses, as paths and codes without values; undefined for any other error. */
export function tableProblem(error: unknown, form: LoadedForm): Json | undefined {
  const problem = toProblem(error, form);
  if (problem instanceof AppError)
    return problem.errors.length > 0
      ? problem.errors.map(({ path, code }) => ({ path, code }))
      : [{ path: '', code: problem.code }];
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  if (typeof code !== 'string' || !/^(22|23)[0-9A-Z]{3}$/.test(code)) return undefined;
  return [{ path: '', code: typeof constraint === 'string' ? constraint : code }];
}
