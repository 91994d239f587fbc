/** What of a case can be found, part by part: its head, the people in it, what was said, each field of its record in words. */
import { pinyin } from 'pinyin-pro';
import type { CompiledForm, FieldInfo, FieldKind, Values } from '../../../forms/types.ts';
import type { Labels } from '../../db/records/labels.ts';
import { gramsOf } from './grams.ts';

export interface SearchPart {
  part: string;
  /** Of the case's record; null: whoever reads the case may read it. */
  field: string | null;
  /** The form type whose masked values one must be allowed to see. */
  unmask: string | null;
  grams: string;
  plain: string | null;
}

export interface Findable {
  number: string;
  title: string;
  /** Who started it, held or decided its tasks. */
  people: readonly string[];
  /** Comments and reasons, oldest first. */
  talk: readonly string[];
  /** Of who started it, from the register of parties. */
  phones: readonly string[];
  form: CompiledForm;
  fields: Values;
  labels: Labels;
}

const excerptFrom = 600;

export function partsOf(found: Findable): SearchPart[] {
  const { number, title, people, talk, phones, form, fields, labels } = found;
  const parts = [
    part('head', `${number} ${title}`, null),
    part('people', people.map(withPinyin).join(' '), people.join('、')),
    part('talk', talk.join(' \n '), talk.join(' / ')),
    { ...part('phone', digitsOf(phones), null), unmask: 'party' },
    ...form.fields.flatMap((field) => fieldPart(form, field, { value: fields[field.name], labels })),
  ];
  return parts.filter(({ grams }) => grams.trim() !== '');
}

function part(name: string, text: string, plain: string | null): SearchPart {
  return { part: name, field: null, unmask: null, grams: gramsOf(text), plain: plain?.slice(0, excerptFrom) ?? null };
}

interface Held {
  value: unknown;
  labels: Labels;
}

function fieldPart(form: CompiledForm, field: FieldInfo, { value, labels }: Held): SearchPart[] {
  if (value === undefined || value === null) return [];
  const of = { part: `field ${field.name}`, field: field.name, unmask: null };
  if (field.mask !== null) {
    if (field.mask !== 'phone' || typeof value !== 'string') return [];
    return [{ ...of, unmask: form.key, grams: gramsOf(digitsOf([value])), plain: null }];
  }
  const text = textOf(field, value, labels);
  if (text === '') return [];
  const isNamed = field.kind === 'person' || field.kind === 'party';
  const plain = field.choices.length > 0 ? chosenTexts(field, value) : text.slice(0, excerptFrom);
  return [{ ...of, grams: gramsOf(isNamed ? withPinyin(text) : text), plain }];
}

type Words = (field: FieldInfo, value: unknown, labels: Labels) => string;
const asWritten: Words = (_field, value) => (typeof value === 'string' ? value : '');
const asNamed: Words = (_field, value, labels) =>
  [value]
    .flat()
    .map((id) => labels[String(id)] ?? '')
    .join(' ');
const asChosen: Words = (field, value) =>
  [value]
    .flat()
    .map((each) => choiceWords(field, each))
    .join(' ');

/** What people would type to find it; figures and dates have filters of their own. */
const words: Partial<Record<FieldKind, Words>> = {
  text: asWritten,
  longText: asWritten,
  autoNumber: asWritten,
  choice: asChosen,
  manyChoice: asChosen,
  person: asNamed,
  party: asNamed,
  department: asNamed,
  ref: asNamed,
  table: (field, value, labels) => tableText(field, value as Values[], labels),
  computed: (field, value, labels) => (field.schema['x-result'] === 'text' ? asWritten(field, value, labels) : ''),
};

function textOf(field: FieldInfo, value: unknown, labels: Labels): string {
  return words[field.kind]?.(field, value, labels) ?? '';
}

function tableText({ rows }: FieldInfo, values: Values[], labels: Labels): string {
  const texts = values.flatMap((row) =>
    rows
      .filter(({ mask }) => mask === null)
      .map((field) => {
        const value = row[field.name];
        return value === undefined || value === null ? '' : textOf(field, value, labels);
      }),
  );
  return texts.filter((text) => text !== '').join(' ');
}

/** A choice has its words in every language: an excerpt is in the reader's (see matches.ts). */
function chosenTexts({ choices }: FieldInfo, value: unknown): string {
  const chosen = [value].flat();
  return JSON.stringify(choices.filter((choice) => chosen.includes(choice.const)).map((choice) => choice['x-title']));
}

function choiceWords({ choices }: FieldInfo, value: unknown): string {
  const title = choices.find((choice) => choice.const === value)?.['x-title'];
  return title === undefined ? '' : `${title['zh-CN']} ${title.en}`;
}

/** 林晓梅 lxm linxiaomei: a name is found by its characters, its initials and as it sounds. */
function withPinyin(name: string): string {
  const sounds = pinyin(name, { toneType: 'none', surname: 'head', type: 'array', nonZh: 'removed' });
  return `${name} ${sounds.map((sound) => sound.charAt(0)).join('')} ${sounds.join('')}`;
}

function digitsOf(phones: readonly string[]): string {
  return phones.map((phone) => phone.replaceAll(/\D/g, '')).join(' ');
}
