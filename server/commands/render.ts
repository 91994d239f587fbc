/**
 * What lists show of a case: its title, FEEL over the record with choices and references in words, and its summary fields. Rendered
 * outside the engine, when a delta is applied (protocol.md rule 16).
 */
import type { FieldInfo, Values } from '../../forms/types.ts';
import { evaluateMapping } from '../../workflows/engine/mapping.ts';
import { recordLabels, type Labels } from '../db/records/labels.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';

export interface SummaryValue {
  field: string;
  value: string;
}
export interface Rendered {
  title: string;
  summary: SummaryValue[];
}

/** Lists show three fields at most. */
const mostFields = 3;
const longestTitle = 200;

export async function renderCase(tx: Tx, flow: PublishedFlow, fields: Values): Promise<Rendered> {
  const labels = await recordLabels(tx, flow.form, shownOf(flow, fields));
  const words = Object.fromEntries(
    flow.form.fields.map((field) => [field.name, inWords(field, fields[field.name], labels)]),
  );
  const summary = (flow.definition.summary ?? []).slice(0, mostFields).flatMap((field): SummaryValue[] => {
    const value = words[field];
    return value === null || value === undefined ? [] : [{ field, value: textOf(value) }];
  });
  return { title: titleOf(flow, words), summary };
}

/** What title and summary mention: names of other records need not be looked up. */
function shownOf({ definition }: PublishedFlow, fields: Values): Values {
  const words = wordsOf(definition);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => words.includes(name)));
}

/** Names that title and summary are made of, among other words. */
export function wordsOf({ summary, caseTitle }: Flow): string[] {
  return [...(summary ?? []), ...(caseTitle ?? '').split(/\W+/)];
}

/** A title that cannot be evaluated never stops a case: the flow's own title stands in. */
function titleOf(flow: PublishedFlow, words: Record<string, unknown>): string {
  const fallback = flow.definition.title['zh-CN'];
  if (flow.definition.caseTitle === undefined) return fallback;
  const result = evaluateMapping(flow.definition.caseTitle, words);
  const text = !result.ok || result.value === null || result.value === undefined ? '' : textOf(result.value);
  return text.trim() === '' ? fallback : text.slice(0, longestTitle);
}

function inWords(field: FieldInfo, value: unknown, labels: Labels): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((each) => word(field, each, labels));
  return word(field, value, labels);
}

/** Choices as their code: screens show them in the reader's language. */
function word(_field: FieldInfo, value: unknown, labels: Labels): unknown {
  return typeof value === 'string' ? (labels[value] ?? value) : value;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('、');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
