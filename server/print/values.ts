/** Values of a record as a printed page has them; photos and sub-tables are shown apart. */
import { isEmpty } from '../../forms/empty.ts';
import type { Location } from '../../forms/location.ts';
import type { FieldInfo, FieldKind, Values } from '../../forms/types.ts';
import type { Words } from './words.ts';

type Labels = Readonly<Record<string, string>>;
interface Telling {
  field: FieldInfo;
  words: Words;
  labels: Labels;
}
type Tell = (value: unknown, telling: Telling) => string;

const durationPattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+(?:\.\d+)?S)?)?$/;

const byId: Tell = (value, { labels }) => labels[String(value)] ?? '—';
const byChoice: Tell = (value, { field, words }) =>
  words.text(field.choices.find((choice) => choice.const === value)?.['x-title']) || String(value);
const amount: Tell = (value, { field, words }) => {
  const digits = field.kind === 'money' ? { minimumFractionDigits: 2 } : { maximumFractionDigits: 6 };
  const useGrouping = field.schema['x-grouping'] ?? true;
  const figure = Number(value).toLocaleString(words.locale, { ...digits, useGrouping });
  return field.kind === 'money' || field.schema['x-result'] === 'money'
    ? `¥ ${figure}`
    : `${figure}${unitOf(field, words)}`;
};
const yesOrNo: Tell = (value, { words }) => words.say(value === true ? 'yes' : 'no');

const tells: Partial<Record<FieldKind, Tell>> = {
  choice: byChoice,
  manyChoice: byChoice,
  person: byId,
  party: byId,
  department: byId,
  ref: byId,
  integer: amount,
  number: amount,
  money: amount,
  boolean: yesOrNo,
  dateTime: (value, { words }) => words.at(String(value)),
  duration: (value, { words }) => words.span(secondsOf(String(value))),
  location: (value) => placeOf(value as Location),
  computed: (value, telling) => {
    if (typeof value === 'boolean') return yesOrNo(value, telling);
    return typeof value === 'number' ? amount(value, telling) : String(value);
  },
};

/** "—" where there is none. */
export function tellValue(value: unknown, telling: Telling): string {
  if (isEmpty(value)) return '—';
  const tell: Tell = tells[telling.field.kind] ?? String;
  return telling.words.list([value].flat().map((each) => tell(each, telling)));
}

/** Lines of a sub-table, the titles first. */
export function tellRows(value: unknown, { field, words, labels }: Telling): string[][] {
  const rows = Array.isArray(value) ? (value as Values[]) : [];
  const titles = field.rows.map(({ title }) => words.text(title));
  return [
    titles,
    ...rows.map((row) => field.rows.map((each) => tellValue(row[each.name], { field: each, words, labels }))),
  ];
}

function unitOf({ schema }: FieldInfo, words: Words): string {
  const unit = schema['x-unit'];
  if (unit === undefined) return '';
  return ` ${typeof unit === 'string' ? unit : words.text(unit)}`;
}

function placeOf({ lng, lat, address }: Location): string {
  const degrees = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
  return address === undefined ? degrees : `${address} (${degrees})`;
}

function secondsOf(iso: string): number {
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = (durationPattern.exec(iso)?.slice(1, 5) ?? []).map(
    (part: string | undefined) => Number(part ?? 0),
  );
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60;
}
