/** What a start's expressions see, and what they come to: the fields of the case, its community, whether it is started at all. */
import type { Starter } from '../../workflows/engine/flow.gen.ts';
import type { Values } from '../../forms/types.ts';
import { isTrue, valueOf, type Names } from '../commands/prepare/expressions.ts';
import type { Tx } from '../db/as.ts';
import { fromFeel, toFeelContext } from '../db/records/feel-values.ts';
import { loadForm, type LoadedForm } from '../db/records/form-store.ts';
import { fromRow, type Row } from '../db/records/values.ts';

/** As automatic_start keeps it, by what caused it. */
export type Source =
  { message: Values; key: string } | { at: string; zone: string } | { form: string; record: Row; old: Row | null };

export async function namesOf(tx: Tx, source: Source, { now, zone }: { now: number; zone: string }): Promise<Names> {
  if ('at' in source) return { values: new Map(), now: Date.parse(source.at), zone };
  if ('message' in source) return { values: new Map<string, unknown>(Object.entries(source)), now, zone };
  const form = await loadForm(tx, source.form);
  const values = new Map([
    ['record', ofRow(form, source.record)],
    ['old', source.old === null ? null : ofRow(form, source.old)],
  ]);
  return { values, now, zone };
}

/** A row as the trigger saw it: JSON of its columns, in which a duration is a text already. */
function ofRow(form: LoadedForm, row: Row): Values {
  const fields = form.fields.filter(({ columns }) => columns.length > 0);
  const durations = fields.filter(({ columns }) => columns[0]?.type === 'interval');
  const values = fromRow(
    fields.filter((field) => !durations.includes(field)),
    row,
  );
  for (const { name, columns } of durations) values[name] = row[columns[0]?.name ?? ''];
  return { id: row.id, ...toFeelContext(fields, values) };
}

/** @throws AppError prepare_failed naming the expression */
export function wants(starter: Starter, names: Names): boolean {
  return starter.by !== 'record' || starter.when === undefined || isTrue({ at: 'when', text: starter.when }, names);
}

/** @throws AppError prepare_failed naming the expression */
export function fieldsOf({ fields }: Starter, form: LoadedForm, names: Names): Values {
  const mapped = Object.entries(fields).flatMap(([name, text]) => {
    const field = form.byName.get(name);
    if (field === undefined) return [];
    const value = fromFeel(field, valueOf({ at: `fields.${name}`, text }, names), names.zone);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(mapped);
}

/** What a message's mapping says of the community: a code or an id; null: nothing. @throws AppError prepare_failed */
export function communityOf(starter: Starter, names: Names): string | null {
  if (starter.by !== 'message' || starter.community === undefined) return null;
  const value = valueOf({ at: 'community', text: starter.community }, names);
  return typeof value === 'string' ? value : null;
}
