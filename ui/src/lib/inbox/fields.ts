// Which values a step sends, and what to say of those that somebody else changed meanwhile.
import type { Access, Action, ProblemPath, TaskDetail } from '#lib/api/types.gen.ts';
import { returnOf } from '#lib/case/fate.ts';

/** Only what the step may write leaves the browser (the server refuses anything else). */
export function writable(
  fields: Record<string, unknown>,
  permissions: Record<string, Access>,
): Record<string, unknown> {
  const may = (access: Access | undefined): boolean => access === 'edit' || access === 'required';
  return Object.fromEntries(Object.entries(fields).filter(([name]) => may(permissions[name])));
}

/** The form of a task that is about one row of a table: there is that row, and neither another nor none. */
export function formOf({ form, ownRows }: Pick<TaskDetail, 'form' | 'ownRows'>): TaskDetail['form'] {
  const properties = (form.schema.properties ?? {}) as Record<string, object>;
  const own = Object.keys(ownRows).map((name) => [name, { ...properties[name], minItems: 1, maxItems: 1 }] as const);
  if (own.length === 0) return form;
  return { ...form, schema: { ...form.schema, properties: { ...properties, ...Object.fromEntries(own) } } };
}

/** The act to ask about while the form is filled: the chosen one, else the one most likely taken. */
export function preparing(
  actions: readonly Action[],
  intent: { kind: 'action'; action: Action } | { kind: 'comment' } | undefined,
): Action | undefined {
  if (intent?.kind === 'action') return intent.action.prepares ? intent.action : undefined;
  const able = actions.filter((action) => action.prepares);
  return able.find((action) => action.intent === 'primary') ?? able[0];
}

/** Whoever just sent the work back is not proposed for it again: fields that name them begin empty. */
export function proposed(detail: TaskDetail): Record<string, null> {
  const by = detail.mine ? returnOf(detail)?.actor?.id : undefined;
  if (by === undefined) return {};
  const schemas = (detail.form.schema.properties ?? {}) as Record<string, { 'x-field'?: string }>;
  const named = Object.keys(writable(detail.fields, detail.permissions)).filter(
    (name) => schemas[name]?.['x-field'] === 'person' && detail.fields[name] === by,
  );
  return Object.fromEntries(named.map((name) => [name, null]));
}

export interface FieldConflict {
  field: string;
  mine: unknown;
  theirs: unknown;
  by: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The fields of a 409 `field_changed`, with both values. */
export function conflictsOf(errors: readonly ProblemPath[], mine: Record<string, unknown>): FieldConflict[] {
  return errors
    .filter((error) => error.code === 'field_changed')
    .map((error) => {
      const field = error.path.replace(/^\/(fields\/)?/, '').split('/')[0] ?? '';
      const params = error.params ?? {};
      return { field, mine: mine[field], theirs: params.theirs ?? params.current, by: text(params.by) };
    })
    .filter((conflict) => conflict.field !== '');
}

/** Errors of a request body as the form knows them: /fields/phone → /phone; a refusal of no field stays one of the whole. */
export function formErrors(errors: readonly ProblemPath[]): ProblemPath[] {
  return errors
    .filter(({ path, code }) => (path.startsWith('/fields/') && code !== 'field_changed') || code === 'refused')
    .map((error) => ({ ...error, path: error.path.slice('/fields'.length) }));
}
