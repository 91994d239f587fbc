/**
 * Numbers for people (`WX-202611-0042`), given out in the transaction that uses them: the counter's row stays locked until it
 * ends, so no number is doubled, and none is lost when it rolls back.
 */
import { sql } from 'kysely';
import { formatNumber, seriesOf, type NumberParts } from '../../../forms/number.ts';
import type { CompiledForm, FieldInfo } from '../../../forms/types.ts';
import type { Tx } from '../as.ts';

/** `zone`: IANA name; the date in the number is the day there. */
export async function allocateNumber(
  tx: Tx,
  form: CompiledForm,
  field: FieldInfo,
  at: { now: Date; zone: string },
): Promise<string> {
  const pattern = field.schema['x-number']?.pattern;
  if (pattern === undefined) throw new RangeError(`${form.key}.${field.name} is not an auto-number`);
  const date = dateParts(at.now, at.zone);
  const { rows } = await sql<{ value: number }>`
    insert into number_series as s (key, value) values (${`${form.key}.${field.name}:${seriesOf(pattern, date)}`}, 1)
    on conflict (key) do update set value = s.value + 1 returning value`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('number series gave no value');
  return formatNumber(pattern, date, row.value);
}

/** What a number of the field looks like, with a counter of 0: none is given out. */
export function numberLike(field: FieldInfo, at: { now: Date; zone: string }): string {
  return formatNumber(field.schema['x-number']?.pattern ?? '{seq:1}', dateParts(at.now, at.zone), 0);
}

/** By zone: making one takes longer than all else about a number. */
const formats = new Map<string, Intl.DateTimeFormat>();

function dateParts(now: Date, zone: string): NumberParts {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  formats.set(zone, format);
  const [year = '', month = '', day = ''] = format.format(now).split('-');
  return { year, month, day };
}

/** The company's default, as `community_zone` has it. */
const companyZone = 'Asia/Shanghai';

/** IANA zone of a community; the company's default without one. */
export async function communityZone(tx: Tx, communityId: string | null): Promise<string> {
  if (communityId === null) return companyZone;
  const { rows } = await sql<{ zone: string }>`select community_zone(${communityId}::uuid) as zone`.execute(tx);
  return rows[0]?.zone ?? companyZone;
}
