/**
 * The server's verdict on values: what may be written, what must be there, what each value must be. Paths are pointers into the
 * request's body (`/fields/phone` unless told otherwise), codes are snake_case; texts live with the screens.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { accessOf, isWritable, toBrowserSchema } from './effective.ts';
import { isEmpty, withoutEmpty } from './empty.ts';
import { pointerPart, toProblem, unique } from './findings.ts';
import { extraProblems, isDate, isDuration, isInstant } from './extra.ts';
import { ShortTextPattern } from './pattern.ts';
import type { CompiledForm, Permissions, Problem, Values } from './types.ts';

export interface Act {
  /** What the record has now; {} for a new one. */
  current?: Values;
  /** What the person sends: only the fields they change; null or '' empties one. */
  patch: Values;
  /** Of the step; null where whoever may write may write all (registers). */
  permissions: Permissions | null;
  /** Drafts may miss what a completion needs. */
  draft?: boolean;
  /** Pointer before the field's name. */
  base?: string;
}

/** Every problem of an act; none means it may be written. */
export function validateAct(form: CompiledForm, act: Act): Problem[] {
  const base = act.base ?? '/fields';
  const refused = Object.keys(act.patch).flatMap((name) => refuse(form, name, act.permissions, base));
  if (refused.length > 0) return refused;
  const merged = withoutEmpty({ ...visible(form, act.current ?? {}, act.permissions), ...act.patch });
  const judge = validatorOf(form, act.permissions);
  const schemaProblems = judge(merged)
    ? []
    : (judge.errors ?? []).filter(isTelling).map((error) => toProblem(error, base));
  const written = Object.fromEntries(Object.entries(merged).filter(([name]) => mayWrite(form, name, act.permissions)));
  const problems = [...schemaProblems, ...extraProblems(form.schema, written, base)];
  return unique(problems.filter(({ path, code }) => counts({ path: path.slice(base.length + 1), code }, act)));
}

/** Whether an act that changes nothing may miss something, by what the record has: else nobody need read it. */
export function mayMiss(form: CompiledForm, permissions: Permissions | null): boolean {
  const { required = [], allOf = [] } = validatorOf(form, permissions).schema as Demanding;
  return required.length + allOf.length > 0;
}
type Demanding = Partial<Record<'required' | 'allOf', readonly unknown[]>>;

/** What a draft still misses is no problem, nor is a value that an older version took and this act leaves alone. */
function counts({ path, code }: { path: string; code: string }, act: Act): boolean {
  if (code === 'required' && !path.includes('/')) return act.draft !== true;
  if (code === 'too_few' && act.draft === true) return false;
  return Object.hasOwn(act.patch, path.split('/')[0] ?? '');
}

function refuse(form: CompiledForm, name: string, permissions: Permissions | null, base: string): Problem[] {
  const path = `${base}/${pointerPart(name)}`;
  if (!form.byName.has(name)) return [{ path, code: 'field_unknown' }];
  return mayWrite(form, name, permissions) ? [] : [{ path, code: 'field_not_writable' }];
}

function mayWrite(form: CompiledForm, name: string, permissions: Permissions | null): boolean {
  const field = form.byName.get(name);
  return field !== undefined && isWritable(accessOf(name, field.schema, permissions));
}

/** Fields of today's form type that are not hidden: values of removed fields stay in their columns and are no one's business. */
function visible(form: CompiledForm, values: Values, permissions: Permissions | null): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const field = form.byName.get(name);
      return field !== undefined && !isEmpty(value) && accessOf(name, field.schema, permissions) !== 'hidden';
    }),
  );
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  code: { regExp: Object.assign(toPattern, { code: 'new ShortTextPattern' }) },
  formats: { date: isDate, 'date-time': isInstant, duration: isDuration },
});
function toPattern(pattern: string, flags: string): RegExp {
  return new ShortTextPattern(pattern, flags);
}
const compiled = new WeakMap<CompiledForm, Map<string, ValidateFunction>>();

/** Compiled once a form version and set of permissions; steps have few. */
function validatorOf(form: CompiledForm, permissions: Permissions | null): ValidateFunction {
  const known = compiled.get(form) ?? new Map<string, ValidateFunction>();
  compiled.set(form, known);
  const key =
    permissions === null
      ? ''
      : JSON.stringify(form.fields.map((field) => accessOf(field.name, field.schema, permissions)));
  const validator = known.get(key) ?? ajv.compile(toBrowserSchema(form.schema, permissions));
  known.set(key, validator);
  return validator;
}

/** "if" says only that a branch failed; the branch says what. A choice's `oneOf` says enough for all its constants. */
function isTelling(error: ErrorObject): boolean {
  return error.keyword !== 'if' && !/\/oneOf\/\d+\/const$/.test(error.schemaPath);
}
