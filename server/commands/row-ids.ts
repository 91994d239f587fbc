/** Rows of sub-tables get their ids before the engine is told of them: it knows a row by its id (protocol.md rule 23). */
import { isEmpty } from '../../forms/empty.ts';
import type { CompiledForm, Values } from '../../forms/types.ts';
import { uuidv7 } from './uuid.ts';

export function withRowIds({ byName }: Pick<CompiledForm, 'byName'>, fields: Values): Values {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isTable = byName.get(name)?.kind === 'table' && Array.isArray(value);
      return [name, isTable ? value.map((row: Values) => (isEmpty(row.id) ? { ...row, id: uuidv7() } : row)) : value];
    }),
  );
}
