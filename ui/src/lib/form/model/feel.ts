// Conditions of a layout, by the engine's evaluator. Imported lazily only (see visible.ts).
import { evaluateCondition } from '../../../../../workflows/engine/feel.ts';
import { prepare, type Preparation } from '../../../../../workflows/engine/feel-syntax.ts';
import type { Json, ValueType } from '../../../../../workflows/engine/types.ts';
import type { Evaluate } from './visible.ts';
import { isEmpty } from './values.ts';
import type { FieldKind, FieldSchema, FormModel, Values } from './types.ts';

const typed: Partial<Record<FieldKind, ValueType>> = {
  money: 'money',
  date: 'date',
  dateTime: 'dateTime',
  duration: 'duration',
};

/** What FEEL takes the values of a field for; a computed field is what its formula gives. */
export function typeOf(field: FieldSchema | undefined): ValueType | undefined {
  if (field === undefined) return undefined;
  const kind = field['x-field'] === 'computed' ? field['x-result'] : field['x-field'];
  return kind === undefined ? undefined : typed[kind];
}

/** Every expression is prepared once. */
export function conditionsOf(model: FormModel, zone: string): Evaluate {
  const known = model.fields.map((field) => field.name);
  const types = Object.fromEntries(
    model.fields.flatMap((field) => {
      const type = typeOf(field.schema);
      return type ? [[field.name, type]] : [];
    }),
  );
  const prepared = new Map<string, Preparation>();
  return (expression, values) => {
    const ready = prepared.get(expression) ?? prepare(expression, [...known, 'now', 'today', 'initiator']);
    prepared.set(expression, ready);
    if (!ready.ok) return true;
    const vars = toVars(known, values);
    const result = evaluateCondition(ready.prepared, {
      vars,
      types,
      outcomes: {},
      initiator: null,
      now: Date.now(),
      zone,
    });
    return result.ok ? result.value === true : true;
  };
}

function toVars(known: string[], values: Values): Record<string, Json> {
  return Object.fromEntries(known.map((name) => [name, isEmpty(values[name]) ? null : (values[name] as Json)]));
}
