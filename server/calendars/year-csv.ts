/** A year's days off and swapped workdays from a spreadsheet's CSV. What cannot be read is told by line and column. */
import type { Year } from '../../workflows/engine/calendar/calendar.gen.ts';
import type { FieldError } from '../errors.ts';

const columns = ['kind', 'from', 'to', 'name', 'name_en'] as const;
type Row = Record<(typeof columns)[number], string>;

const kinds: ReadonlyMap<string, 'holiday' | 'workday'> = new Map([
  ['holiday', 'holiday'],
  ['休', 'holiday'],
  ['放假', 'holiday'],
  ['workday', 'workday'],
  ['班', 'workday'],
  ['上班', 'workday'],
]);
const datePattern = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;

export interface ParsedYear {
  list: Pick<Year, 'holidays' | 'worked'>;
  problems: FieldError[];
}

/** The first line names the columns. Lines are counted from 1, the first included. */
export function parseYearCsv(text: string): ParsedYear {
  const [head = [], ...lines] = readCsv(text.replace(/^\uFEFF/, ''));
  const names = head.map((name) => name.trim().toLowerCase());
  const problems: FieldError[] = ['kind', 'from', 'name']
    .filter((name) => !names.includes(name))
    .map((name) => ({ path: `/csv/1/${name}`, code: 'column_missing', params: { column: name } }));
  const list: ParsedYear['list'] = { holidays: [], worked: [] };
  if (problems.length > 0) return { list, problems };
  for (const [index, cells] of lines.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const row = Object.fromEntries(columns.map((name) => [name, cells[names.indexOf(name)]?.trim() ?? ''])) as Row;
    addRow(list, row, (column, code) => {
      problems.push({ path: `/csv/${index + 2}/${column}`, code, params: { line: index + 2, value: row[column] } });
    });
  }
  return { list, problems };
}

function addRow(list: ParsedYear['list'], row: Row, report: (column: keyof Row, code: string) => void): void {
  const kind = kinds.get(row.kind.toLowerCase());
  const from = toDate(row.from);
  const to = toDate(row.to || row.from);
  const wrong: [keyof Row, string, boolean][] = [
    ['kind', 'kind_unknown', kind === undefined],
    ['from', 'date_invalid', from === undefined],
    ['to', 'date_invalid', row.to !== '' && to === undefined],
    ['name', 'required', row.name === ''],
  ];
  for (const [column, code, isWrong] of wrong) if (isWrong) report(column, code);
  if (from === undefined || to === undefined || wrong.some(([, , isWrong]) => isWrong)) return;
  const name = nameOf(row);
  if (kind === 'holiday') list.holidays.push({ name, from, to });
  else for (const on of datesFrom(from, to)) list.worked.push({ name, on });
}

/** Without an English name the Chinese one stands for both. */
function nameOf(row: Row): Year['holidays'][number]['name'] {
  return { 'zh-CN': row.name, en: row.name_en || row.name };
}

/** As `2027-02-05`; undefined: no such day. */
function toDate(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = datePattern.exec(text) ?? [];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = Date.parse(date);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date ? undefined : date;
}

/** Both included; never more than a year. */
function datesFrom(from: string, to: string): string[] {
  const days = Math.min(366, Math.max(0, (Date.parse(to) - Date.parse(from)) / 86_400_000));
  return Array.from({ length: days + 1 }, (_, index) =>
    new Date(Date.parse(from) + index * 86_400_000).toISOString().slice(0, 10),
  );
}

/** RFC 4180: commas, quotes doubled within quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [cell, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    // The very end, after the last line.
    if (cell === '' && row.length === 0) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
