/** What the language's schema cannot say of a flow: the engine's own check, against the form it fills, the roles and the activities there are. */
import { activities } from '../../activities/index.ts';
import type { FieldInfo } from '../../forms/types.ts';
import { check, type CheckContext } from '../../workflows/engine/check.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { calledFlows } from './called-flows.ts';
import { AppError, type FieldError } from '../errors.ts';

export interface Meaning {
  formVersion: number;
  problems: FieldError[];
}

/** @throws AppError invalid_flow for a form type that does not exist */
export async function checkMeaning(tx: Tx, flow: Flow): Promise<Meaning> {
  const form = await loadForm(tx, flow.form).catch((error: unknown) => {
    if (error instanceof AppError)
      throw new AppError('invalid_flow', 422, {}, [{ path: '/form', code: 'form_unknown' }]);
    throw error;
  });
  const roles = await tx.selectFrom('role').select('key').execute();
  const calendars = await tx.selectFrom('calendar').select('key').execute();
  const problems = check(flow, {
    fields: Object.fromEntries(form.fields.map((field) => [field.name, toCheckField(field)])),
    roles: roles.map(({ key }) => key),
    calendars: calendars.map(({ key }) => key),
    activities: Object.fromEntries(activities),
    flows: await calledFlows(tx, flow, form),
  });
  return {
    formVersion: form.version,
    problems: problems.map(({ step, property, code, params }) => ({
      path: `${step === null ? '' : `/steps/${step}`}/${property}`,
      code,
      params,
    })),
  };
}

function toCheckField({ kind, personal, writable, schema, rows }: FieldInfo): CheckContext['fields'][string] {
  const formula = schema['x-formula'];
  const columns = Object.fromEntries(rows.map((row) => [row.name, toCheckField(row)]));
  return {
    type: kind,
    personal,
    readOnly: !writable,
    ...(formula === undefined ? {} : { formula }),
    ...(kind === 'table' ? { columns } : {}),
  };
}
