// Problems and values as words. Texts by code; a code without a text of its own still says something true.
import { currentLocale, localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { dateTime, plainDate } from '#lib/time/format.ts';
import { readDuration } from './model/duration.ts';
import type { FieldKind, FieldModel, FieldProblem } from './model/types.ts';
import { isEmpty } from './model/values.ts';

type Said = (limit: string) => string;

const texts: Record<string, Said> = {
  required: () => m.form_required(),
  wrong_type: () => m.form_wrong_format(),
  format: () => m.form_wrong_format(),
  pattern: () => m.form_wrong_format(),
  text_invalid: () => m.form_wrong_format(),
  field_not_writable: () => m.form_not_writable(),
  field_unknown: () => m.form_not_writable(),
  row_not_yours: () => m.form_row_not_yours(),
  row_missing: () => m.form_row_missing(),
  not_a_choice: () => m.form_not_a_choice(),
  items_repeat: () => m.form_not_unique(),
  too_short: (limit) => m.form_too_short({ limit }),
  too_long: (limit) => m.form_too_long({ limit }),
  too_few: (limit) => m.form_too_few({ limit }),
  too_many: (limit) => m.form_too_many({ limit }),
  too_small: (limit) => m.form_too_small({ limit }),
  too_big: (limit) => m.form_too_large({ limit }),
  too_many_decimals: (limit) => m.form_too_many_decimals({ limit }),
  not_found: () => m.form_ref_not_found(),
  still_uploading: () => m.form_still_uploading(),
};

/** One sentence that says what to do. */
export function problemSentence(problem: FieldProblem, field?: FieldModel): string {
  if (problem.code === 'refused') return refusalText(problem);
  if (problem.code === 'required' && field && isChosen(field)) return m.form_required_choice();
  const limit = problem.params?.limit;
  const said = texts[problem.code];
  if (!said) return m.form_invalid();
  return said(typeof limit === 'number' || typeof limit === 'string' ? String(limit) : '');
}

/** The sentence that the flow gives for its refusal. */
function refusalText({ params }: FieldProblem): string {
  const message = params?.message;
  const said = typeof message === 'object' ? localText(message) : '';
  return said || m.form_refused();
}

/** It is filled by choosing, not by writing. */
function isChosen({ widget }: FieldModel): boolean {
  return !['line', 'area', 'phone', 'number', 'duration', 'location', 'table'].includes(widget);
}

export function choiceText(field: FieldModel, value: string): string {
  return localText(field.choices.find((choice) => choice.const === value)?.['x-title'] ?? value);
}

interface Figure {
  money?: boolean;
  decimals?: number;
  /** true unless the number is a name, as a year is */
  grouping?: boolean | undefined;
}

/** 1,234.50 with at most `decimals` digits after the point, or exactly as many for money. */
export function numberText(value: number, options: Figure = {}): string {
  const digits = options.money
    ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
    : { maximumFractionDigits: options.decimals ?? 6 };
  return new Intl.NumberFormat(currentLocale(), { ...digits, useGrouping: options.grouping ?? true }).format(value);
}

function durationText(iso: string): string {
  const parts = readDuration(iso);
  if (!parts) return iso;
  const words = [
    parts.days > 0 ? m.form_duration_days({ n: parts.days }) : '',
    parts.hours > 0 ? m.form_duration_hours({ n: parts.hours }) : '',
    parts.minutes > 0 ? m.form_duration_minutes({ n: parts.minutes }) : '',
  ].filter(Boolean);
  return words.length > 0 ? words.join(' ') : m.form_duration_minutes({ n: 0 });
}

type Show = (field: FieldModel, value: unknown, labels: Readonly<Record<string, string>>) => string;

const shows: Partial<Record<FieldKind, Show>> = {
  integer: (field, value) => amountText(field, value, false),
  number: (field, value) => amountText(field, value, false),
  money: (field, value) => amountText(field, value, true),
  date: (_field, value) => plainDate(String(value)),
  dateTime: (_field, value) => dateTime(String(value)),
  duration: (_field, value) => durationText(String(value)),
  boolean: (_field, value) => (value === true ? m.form_yes() : m.form_no()),
};

/** A value as a document shows it, for every kind that is text; '' when it is empty. */
export function valueText(field: FieldModel, value: unknown, labels: Readonly<Record<string, string>>): string {
  if (isEmpty(value)) return '';
  const kind = field.kind === 'computed' ? (field.schema['x-result'] ?? 'text') : field.kind;
  return (shows[kind] ?? nameText)(field, value, labels);
}

/** Amounts may arrive as decimal text; Number() only shows them, nothing is computed. */
function amountText(field: FieldModel, value: unknown, money: boolean): string {
  const number = Number(value);
  if (Number.isNaN(number)) return String(value);
  const text = numberText(number, {
    money,
    grouping: field.schema['x-grouping'],
    ...(field.schema['x-decimals'] === undefined ? {} : { decimals: field.schema['x-decimals'] }),
  });
  if (money) return `¥ ${text}`;
  const unit = localText(field.schema['x-unit']);
  return unit === '' ? text : `${text} ${unit}`;
}

function nameText(field: FieldModel, value: unknown, labels: Readonly<Record<string, string>>): string {
  if (Array.isArray(value))
    return value.map((item) => choiceText(field, String(item))).join(currentLocale() === 'en' ? ', ' : '、');
  if (typeof value === 'object' && value !== null) return placeText(value);
  const text = String(value);
  if (field.kind === 'choice') return choiceText(field, text);
  return labels[text] ?? text;
}

interface Place {
  address?: string | null;
  lng?: number;
  lat?: number;
}

function placeText({ address, lng, lat }: Place): string {
  if (address) return address;
  return lng === undefined || lat === undefined ? '' : `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}
