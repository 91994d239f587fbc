/** How personal values look to a reader without the right to unmask them (design.md section 7). */
import type { CompiledForm, FieldInfo, MaskRule, Values } from './types.ts';

export function maskValue(rule: MaskRule, value: string): string {
  switch (rule) {
    case 'phone':
      return value.length < 8 ? '****' : `${value.slice(0, 3)}****${value.slice(-4)}`;
    case 'idNumber':
      return value.length < 3 ? '****' : `${value.slice(0, 1)}${'*'.repeat(value.length - 2)}${value.slice(-1)}`;
    case 'name':
      return `${Array.from(value)[0] ?? ''}*`;
    case 'all':
      return '****';
  }
}

/**
 * What of a patch is a change: a masked value that comes back as it was shown is none. Rows of a sub-table are written whole, so a mask in
 * one becomes the value of the row with that id again.
 */
export function withoutMasks(form: Pick<CompiledForm, 'byName'>, patch: Values, current: Values): Values {
  return Object.fromEntries(
    Object.entries(patch).flatMap(([name, value]): [string, unknown][] => {
      const field = form.byName.get(name);
      const old = current[name];
      if (field === undefined) return [[name, value]];
      if (field.rows.length > 0) return [[name, unmaskRows(field.rows, value, old)]];
      return isMaskOf(field, value, old) ? [] : [[name, value]];
    }),
  );
}

function isMaskOf({ mask }: FieldInfo, value: unknown, old: unknown): boolean {
  return mask !== null && typeof old === 'string' && value === maskValue(mask, old);
}

function unmaskRows(fields: readonly FieldInfo[], rows: unknown, old: unknown): unknown {
  if (!Array.isArray(rows) || !Array.isArray(old)) return rows;
  const byId = new Map(old.filter(isRow).map((row) => [idOf(row), row]));
  byId.delete(undefined);
  return rows.map((row: unknown) => {
    const before = isRow(row) ? byId.get(idOf(row)) : undefined;
    if (!isRow(row) || before === undefined) return row;
    const kept = fields.filter((field) => isMaskOf(field, row[field.name], before[field.name]));
    return { ...row, ...Object.fromEntries(kept.map(({ name }) => [name, before[name]])) };
  });
}

function isRow(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ids may come in any case. */
function idOf({ id }: Values): string | undefined {
  return typeof id === 'string' ? id.toLowerCase() : undefined;
}

/** A copy whose masked fields are masked, in rows of sub-tables too. */
export function maskFields(form: Pick<CompiledForm, 'fields'>, values: Values): Values {
  const masked = { ...values };
  for (const { name, mask, rows } of form.fields) {
    const value = values[name];
    if (mask !== null && typeof value === 'string') masked[name] = maskValue(mask, value);
    if (rows.length > 0 && Array.isArray(value))
      masked[name] = value.map((row) => maskFields({ fields: rows }, row as Values));
  }
  return masked;
}
