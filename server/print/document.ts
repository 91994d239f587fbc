/**
 * A case as a document: its head with a code to scan, the record in the sections of the form version it was filled on, photos, the
 * log and the discussion. Made of what the case's page shows the same reader: there is no second judgement of what they may see.
 */
import type { Column, Content, TableCell } from 'pdfmake/interfaces.d.ts';
import type { Static } from 'typebox';
import { compileForm } from '../../forms/compile.ts';
import { isEmpty } from '../../forms/empty.ts';
import type { FieldInfo } from '../../forms/types.ts';
import type { CaseDetail } from '../cases/schemas.ts';
import type { Printed } from './printer.ts';
import { tellEntry } from './timeline.ts';
import { tellRows, tellValue } from './values.ts';
import type { Words } from './words.ts';

type Detail = Static<typeof CaseDetail>;

export interface Sheet {
  detail: Detail;
  words: Words;
  /** Data URLs by file id; a photo that could not be read is not there. */
  photos: ReadonlyMap<string, string>;
  communityName: string | null;
  /** Of the case's page; null: nobody knows the address people come by. */
  link: string | null;
  printedBy: string;
  printedAt: string;
}

const faint = '#60646c';
const line = '#d9d9e0';
const width = 499;
const photosInRow = 3;
/** More make a file nobody sends. */
export const mostPhotos = 30;

export function layOut(sheet: Sheet): Printed {
  const { detail, words, printedBy, printedAt } = sheet;
  const title = words.text(detail.case.flowTitle);
  return {
    title: `${title} ${detail.case.number}`,
    author: printedBy,
    subject: detail.case.title,
    content: [head(sheet), facts(sheet), ...record(sheet), ...timeline(sheet), ...discussion(sheet)],
    footer: words.say('printed', { name: printedBy, at: words.at(printedAt), zone: words.zone }),
    pageNumber: words.say('page'),
  };
}

function head({ detail: { case: item }, words, link }: Sheet): Content {
  const texts: Content = [
    { text: words.text(item.flowTitle), fontSize: 18, bold: true },
    { text: item.title, fontSize: 12, margin: [0, 2, 0, 4] },
    { text: `${words.say('number')} ${item.number}`, bold: true },
    ...(link === null ? [] : [{ text: link, link, color: faint, fontSize: 8 }]),
  ];
  if (link === null) return { stack: texts, margin: [0, 0, 0, 10] };
  const code: Column = {
    width: 84,
    stack: [
      { qr: link, fit: 76, eccLevel: 'M', alignment: 'right' },
      { text: words.say('scan'), fontSize: 7, color: faint, alignment: 'right', margin: [0, 2, 0, 0] },
    ],
  };
  return { columns: [{ width: '*', stack: texts }, code], columnGap: 16, margin: [0, 0, 0, 10] };
}

function facts({ detail: { case: item, form }, words, communityName }: Sheet): Content {
  const by = (name: string, at: string): string => words.say('by', { name, at: words.at(at) });
  const pairs: [string, string][] = [
    ['status', words.say(`status_${item.status}`)],
    ['started', by(item.startedBy.name, item.startedAt)],
    ['stage', words.text(item.stage)],
    ['holders', words.list(item.holders.map(({ name }) => name))],
    ['ended', item.endedAt === null ? '' : words.at(item.endedAt)],
    ['community', communityName ?? ''],
    ['version', String(form.version)],
  ];
  const told = pairs
    .filter(([, value]) => value !== '')
    .map(([key, value]): [string, string] => [words.say(key), value]);
  return boxed(told);
}

/** Name and value, two pairs a line. */
function boxed(pairs: readonly [string, string][]): Content {
  const cells = pairs.flatMap(([name, value]): TableCell[] => [{ text: name, color: faint }, { text: value }]);
  while (cells.length % 4 !== 0) cells.push('');
  const body = Array.from({ length: cells.length / 4 }, (_, i) => cells.slice(4 * i, 4 * i + 4));
  return {
    table: { widths: [64, '*', 64, '*'], body, dontBreakRows: true },
    layout: 'noBorders',
    margin: [0, 0, 0, 4],
  };
}

function heading(text: string): Content {
  return {
    stack: [
      { text, bold: true, fontSize: 11, margin: [0, 8, 0, 3] },
      {
        canvas: [{ type: 'line', x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.5, lineColor: line }],
        margin: [0, 0, 0, 4],
      },
    ],
    // A heading at the foot of a page belongs to the next one.
    headlineLevel: 1,
  };
}

function record(sheet: Sheet): Content[] {
  const { schema, layout } = sheet.detail.form;
  const form = compileForm(schema, layout);
  return form.layout.sections.flatMap(({ title, fields }) => {
    const names = fields.map((field) => (typeof field === 'string' ? field : field.field));
    const shown = names.flatMap((name) => form.byName.get(name) ?? []).filter((field) => isPrinted(sheet, field));
    if (shown.length === 0) return [];
    const pairs = shown.filter((field) => !isLarge(field)).map((field) => pairOf(sheet, field));
    return [
      ...(title === undefined ? [] : [heading(sheet.words.text(title))]),
      ...(pairs.length === 0 ? [] : [boxed(pairs)]),
      ...shown.filter(isLarge).flatMap((field) => large(sheet, field)),
    ];
  });
}

/** What the reader may not see was never sent; what is empty says nothing on paper. The number stands above. */
function isPrinted({ detail }: Sheet, { name }: FieldInfo): boolean {
  return !isEmpty(detail.fields[name]) && detail.fields[name] !== detail.case.number;
}

function isLarge({ kind }: FieldInfo): boolean {
  return kind === 'longText' || kind === 'files' || kind === 'signature' || kind === 'table';
}

function pairOf({ detail, words }: Sheet, field: FieldInfo): [string, string] {
  return [words.text(field.title), tellValue(detail.fields[field.name], { field, words, labels: detail.labels })];
}

function large(sheet: Sheet, field: FieldInfo): Content[] {
  const { detail, words } = sheet;
  const value = detail.fields[field.name];
  const name: Content = { text: words.text(field.title), color: faint, margin: [0, 4, 0, 2] };
  if (field.kind === 'table') return [name, rows(tellRows(value, { field, words, labels: detail.labels }))];
  if (field.kind === 'longText') return [name, { text: String(value) }];
  const [first, ...others] = pictures(sheet, [value].flat().map(String));
  // A name at the foot of a page, its photos on the next, would belong to nothing.
  return [{ stack: [name, first ?? ''], unbreakable: true }, ...others];
}

function rows([titles = [], ...lines]: string[][]): Content {
  const body: TableCell[][] = [titles.map((text) => ({ text, bold: true })), ...lines];
  return {
    table: { headerRows: 1, widths: titles.map(() => '*'), body, dontBreakRows: true },
    layout: 'lightHorizontalLines',
    fontSize: 8.5,
  };
}

function pictures({ photos, words }: Sheet, ids: readonly string[]): Content[] {
  const cell = (id: string): TableCell => {
    const image = photos.get(id);
    return image === undefined
      ? { text: words.say('missingPhoto'), color: faint }
      : { image, fit: [width / photosInRow - 12, 150] };
  };
  const cells = ids.filter((id) => photos.has(id) || ids.length <= mostPhotos).map(cell);
  const left = ids.length - cells.length;
  while (cells.length % photosInRow !== 0) cells.push('');
  const lines = Array.from({ length: cells.length / photosInRow }, (_, i): Content => {
    const body = [cells.slice(photosInRow * i, photosInRow * (i + 1))];
    return { table: { widths: Array<string>(photosInRow).fill('*'), body, dontBreakRows: true }, layout: 'noBorders' };
  });
  return [...lines, ...(left === 0 ? [] : [{ text: words.say('morePhotos', { n: left }), color: faint }])];
}

function timeline({ detail, words }: Sheet): Content[] {
  const form = compileForm(detail.form.schema, detail.form.layout);
  const telling = {
    words,
    steps: new Map(detail.position.map(({ step, title }) => [step, words.text(title)])),
    fields: new Map(form.fields.map(({ name, title }) => [name, words.text(title)])),
  };
  const body = detail.timeline
    .map((entry) => tellEntry(entry, telling))
    .map(({ at, said, comment, took, filled }): TableCell[] => [
      { text: at, color: faint },
      { stack: [said, ...[comment, filled].filter((text) => text !== null && text !== '').map(small)] },
      { text: took, color: faint, alignment: 'right' },
    ]);
  if (body.length === 0) return [];
  return [
    heading(words.say('timeline')),
    { table: { widths: [88, '*', 84], body, dontBreakRows: true }, layout: 'noBorders' },
  ];
}

function discussion({ detail: { comments }, words }: Sheet): Content[] {
  if (comments.length === 0) return [];
  const body = comments.map(({ createdAt, author, body: text }): TableCell[] => [
    { text: words.at(createdAt), color: faint },
    { stack: [author.name, small(text)] },
  ]);
  return [
    heading(words.say('comments')),
    { table: { widths: [88, '*'], body, dontBreakRows: true }, layout: 'noBorders' },
  ];
}

function small(text: string | null): Content {
  return { text: text ?? '', fontSize: 8.5, color: faint };
}
