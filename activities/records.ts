/**
 * What the activities about records share: the form type they name, in the community of the case, and failures that trying again cannot
 * mend. A case's record changes only by its case's events (protocol.md rule 9), so none of them writes one.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Problem } from '../forms/types.ts';
import type { Tx } from '../server/db/as.ts';
import { AppError } from '../server/errors.ts';
import { loadForm, toProblem, type LoadedForm } from '../server/db/records/index.ts';

/** What a flow may expect to go wrong when it writes a record, and catch. */
export const recordErrors = {
  invalid_fields: { 'zh-CN': '字段没有通过表单校验', en: 'The form refuses the fields' },
  record_exists: { 'zh-CN': '已有同样的一条', en: 'There is one like it already' },
  not_found: { 'zh-CN': '没有这条记录', en: 'There is no such record' },
};

/** A form type whose records an activity may write. */
export async function loadRegister(tx: Tx, key: string): Promise<LoadedForm> {
  const form = await loadAny(tx, key);
  if (form.kind === 'case') throw cannot('use_case', `${key} records belong to their cases`);
  return form;
}

export async function loadAny(tx: Tx, key: string): Promise<LoadedForm> {
  return loadForm(tx, key).catch((error: unknown) => {
    throw error instanceof AppError ? cannot('form_unknown', key) : error;
  });
}

/** Paths and codes only: no value leaves the tables (protocol.md B). */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0)
    throw cannot('invalid_fields', problems.map(({ path, code }) => `${path} ${code}`).join(', '));
}

/** What the record's table refuses is refused for good; anything else may pass next time. */
export async function withRefusals<T>(form: LoadedForm, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    const error = toProblem(thrown, form);
    if (!(error instanceof AppError) || error.status >= 500) throw thrown;
    const isTwin = error.errors.length > 0 && error.errors.every(({ code }) => code === 'not_unique');
    throw cannot(
      isTwin ? 'record_exists' : error.code,
      error.errors.map(({ path, code }) => `${path} ${code}`).join(', '),
    );
  }
}

export function cannot(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
