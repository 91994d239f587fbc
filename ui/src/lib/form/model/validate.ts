// The verdict on what was filled, before it is sent: the same schema and the same extra rules as the server's, so the same
// findings (a test holds the two equal). cfworker's validator needs no eval and so runs under our policy; its messages are
// never shown, only its keywords are read.
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { toBrowserSchema, type PlainSchema } from '../../../../../forms/effective.ts';
import { extraProblems } from '../../../../../forms/extra.ts';
import { codeOf, pointerPart, unique } from '../../../../../forms/findings.ts';
import { isEmpty, withoutEmpty } from '../../../../../forms/empty.ts';
import type { FieldProblem, FormModel, FormSchema, Permissions, Values } from './types.ts';

/** One step's form, ready to judge. */
export interface Judge {
  /** What is wrong with the fields that are shown and may be written, in the order shown. */
  problems: (values: Values, shown: ReadonlySet<string>) => FieldProblem[];
  /** Names of fields that must be filled with these values: the step's, the form type's, and what its conditions add. */
  required: (values: Values) => Set<string>;
}

export function judgeOf(schema: FormSchema, permissions: Partial<Permissions>, model: FormModel): Judge {
  const plain = toBrowserSchema(schema, permissions as Permissions);
  const editable = model.fields.filter((field) => field.access === 'edit').map((field) => field.name);
  const validators = new Map(
    editable.map((name) => [name, new Validator((plain.properties?.[name] ?? {}) as Schema, '2020-12', false)]),
  );
  const conditions = ((plain.allOf ?? []) as PlainCondition[]).map((rule) => ({
    ...rule,
    holds: new Validator(rule.if as Schema, '2020-12', true),
  }));

  function required(values: Values): Set<string> {
    const filled = withoutEmpty(values);
    const asked = new Set((plain.required ?? []).filter((name) => editable.includes(name)));
    for (const rule of conditions) {
      for (const name of rule.holds.validate(filled).valid ? rule.then.required : rule.else.required) asked.add(name);
    }
    return asked;
  }

  function problems(values: Values, shown: ReadonlySet<string>): FieldProblem[] {
    const filled = withoutEmpty(values);
    const asked = required(values);
    return editable
      .filter((name) => shown.has(name))
      .flatMap((name) => {
        const value = filled[name];
        if (isEmpty(value)) return asked.has(name) ? [{ path: `/${name}`, code: 'required' }] : [];
        const units = validators.get(name)?.validate(value).errors ?? [];
        const found = units.flatMap((unit) =>
          toProblems(unit, plain.properties?.[name] ?? {}, { path: `/${name}`, value }),
        );
        return unique([...found, ...extraProblems(schema, { [name]: value })]);
      });
  }

  return { problems, required };
}

interface PlainCondition {
  if: object;
  then: { required: string[] };
  else: { required: string[] };
}

function toProblems(unit: OutputUnit, schema: PlainSchema, at: { path: string; value: unknown }): FieldProblem[] {
  const within = unit.instanceLocation.replace(/^#/, '');
  const part = schemaAt(schema, within);
  if (unit.keyword === 'required') {
    const row = valueAt(at.value, within);
    return (part.required ?? [])
      .filter((name) => !(name in row))
      .map((name) => ({ path: `${at.path}${within}/${pointerPart(name)}`, code: 'required' }));
  }
  // A schema that is `false` stands for a property that may not be there.
  const code = unit.keyword === 'false' ? 'field_unknown' : codeOf(unit.keyword);
  // Each constant of a choice reports itself; the choice's own finding says it once.
  if (code === undefined || /\/oneOf\/\d+\//.test(unit.keywordLocation)) return [];
  // cfworker also calls a property unknown whose own schema failed.
  if (unit.keyword === 'false' && Object.keys(part).length > 0) return [];
  const limit = part[unit.keyword];
  return [{ path: at.path + within, code, ...(typeof limit === 'number' && { params: { limit } }) }];
}

/** The part of a field's schema that judges a place inside its value: rows by `items`, cells by `properties`. */
function schemaAt(schema: PlainSchema, pointer: string): PlainSchema {
  let part = schema;
  for (const name of pointer.split('/').slice(1)) {
    part = (/^\d+$/.test(name) ? (part.items as PlainSchema | undefined) : part.properties?.[name]) ?? {};
  }
  return part;
}

function valueAt(value: unknown, pointer: string): object {
  let part = value;
  for (const name of pointer.split('/').slice(1)) part = (part as Record<string, unknown>)[name];
  return typeof part === 'object' && part !== null ? part : {};
}
