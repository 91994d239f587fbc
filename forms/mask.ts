/** How personal values look to a reader without the right to unmask them (design.md section 7). */
import type { CompiledForm, MaskRule, Values } from './types.ts';

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

/** What of a patch is a change: a masked value that comes back as it was shown is none. */
export function withoutMasks(form: Pick<CompiledForm, 'byName'>, patch: Values, current: Values): Values {
  return Object.fromEntries(
    Object.entries(patch).filter(([name, value]) => {
      const mask = form.byName.get(name)?.mask;
      const old = current[name];
      return mask == null || typeof old !== 'string' || value !== maskValue(mask, old);
    }),
  );
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
