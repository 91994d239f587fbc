/** What Postgres refuses, as what the person can do about it: a field's path and a code. Constraint names come from forms/ddl.ts. */
import { orderName, choiceName } from '../../../forms/ddl.ts';
import { childTable, shortName } from '../../../forms/names.ts';
import type { CompiledForm, FieldInfo, NamedConstraint } from '../../../forms/types.ts';
import { AppError, type FieldError } from '../../errors.ts';

interface PgError {
  code: string;
  constraint?: string;
  table?: string;
}

/** Runs and turns what the record's table refuses into AppErrors. Put it around the transaction: shares are checked at commit. */
export async function withProblems<T>(form: CompiledForm, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toProblem(error, form);
  }
}

/** An AppError where the error is about this form type's record; anything else comes back as it was. */
export function toProblem(error: unknown, form: CompiledForm): unknown {
  if (!isPgError(error)) return error;
  const field = error.constraint === undefined ? undefined : constraintProblem(form, error.constraint);
  if (field !== undefined) return new AppError('invalid_fields', 422, {}, [field]);
  if (error.code === '42501') return new AppError('forbidden', 403, { form: form.key });
  const code = valueCodes[error.code];
  return code === undefined ? error : new AppError('invalid_fields', 422, {}, [{ path: '/fields', code }]);
}

/** A value that no column takes: validation came first, so these are values of programs. */
const valueCodes: Partial<Record<string, string>> = {
  '22003': 'too_big',
  '22007': 'format',
  '22008': 'format',
  '22009': 'format',
  '22021': 'text_invalid',
  '22P02': 'format',
};

function constraintProblem(form: CompiledForm, name: string): FieldError | undefined {
  for (const each of form.constraints) {
    if (each.name === name) return declaredProblem(each);
    if (each.constraint.kind === 'noOverlap' && orderName(each.name) === name) {
      return { path: `/fields/${each.constraint.to}`, code: 'period_order' };
    }
  }
  for (const field of form.fields) {
    const found = fieldProblem(form.table, field, name, `/fields/${field.name}`);
    if (found !== undefined) return found;
  }
  if (name === shortName(form.table, 'community_id', 'ref')) return { path: '/communityId', code: 'ref_not_found' };
  return undefined;
}

function declaredProblem({ constraint }: NamedConstraint): FieldError {
  switch (constraint.kind) {
    case 'unique':
      return {
        path: `/fields/${constraint.fields.at(-1) ?? ''}`,
        code: 'not_unique',
        params: { fields: constraint.fields },
      };
    case 'noOverlap':
      return { path: `/fields/${constraint.from}`, code: 'period_overlaps', params: { fields: constraint.same } };
    case 'sharesSumTo1':
      return { path: `/fields/${constraint.share}`, code: 'shares_not_one', params: { of: constraint.of } };
    case 'compare':
      return {
        path: `/fields/${constraint.left}`,
        code: 'compare_failed',
        params: { op: constraint.op, other: constraint.right },
      };
  }
}

function fieldProblem(table: string, field: FieldInfo, name: string, path: string): FieldError | undefined {
  for (const row of field.rows) {
    const found = fieldProblem(childTable(table, field.name), row, name, path);
    if (found !== undefined) return found;
  }
  const [column] = field.columns;
  if (column === undefined)
    return name === `${childTable(table, field.name)}_pkey` ? { path, code: 'row_id_taken' } : undefined;
  if (field.ref !== null && shortName(table, column.name, 'ref') === name) return { path, code: 'ref_not_found' };
  if (column.check !== undefined && choiceName(table, column) === name) return { path, code: 'not_a_choice' };
  return undefined;
}

function isPgError(error: unknown): error is PgError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
  );
}
