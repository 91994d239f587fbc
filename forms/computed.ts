/** Computed values are nobody's to send: no command, patch or comparison carries one (protocol.md rule 9). */
import type { FieldInfo, Values } from './types.ts';

/** Without computed fields, in the rows of sub-tables too. Fields the form does not have stay. */
export function withoutComputed(fields: readonly FieldInfo[], values: Values): Values {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => byName.get(name)?.kind !== 'computed')
      .map(([name, value]) => {
        const rows = byName.get(name)?.rows ?? [];
        const isTable = rows.some(({ kind }) => kind === 'computed') && Array.isArray(value);
        return [name, isTable ? value.map((row) => withoutComputed(rows, row as Values)) : value];
      }),
  );
}
