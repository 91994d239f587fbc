/** What is known while the steps of one flow are made: names given, where each step came from, fields that expressions read. */
import { prepare } from '../engine/feel-syntax.ts';
import type { Throw } from '../engine/flow.gen.ts';
import type { Calling } from './calls.ts';
import { elementIn, expressionText, textIn, type Element } from './element.ts';
import type { Node } from './graph.ts';
import { expressionIn, isPut, toFeel, VALUES } from './juel.ts';
import { Names, toKey } from './names.ts';
import { Refused } from './refusal.ts';

export interface Making {
  names: Names;
  /** Id of a step or a handler, of a branch of a race `<step>/<index>` → id of the BPMN element. */
  elements: Record<string, string>;
  /** Fields of the record that expressions read. */
  fields: Set<string>;
  /** Of processes, messages, signals, errors and escalations. */
  keys: Keys;
  refusals: Refused[];
  /** Above 0: within what an event on the edge of an activity leads to. */
  aside: number;
  /** Codes of the errors that terminate end events raise. */
  terminated: Set<string>;
  /** Events that a race waits for: no steps of their own. */
  waited: Set<Node>;
  calls: Calling[];
  /** Events that undo one activity, by its id in the file. */
  compensating: { step: Throw; activity: string; event: string }[];
  /** Steps made so far. */
  count: number;
}

/** Names that processes share, as the language has them. */
export class Keys {
  private readonly names = new Map<string, Names>();
  private readonly known = new Map<string, string>();

  /** The key of a name, one for each name of a kind. */
  of(kind: string, name: string): string {
    const full = `${kind}:${name}`;
    const names = this.names.get(kind) ?? new Names();
    this.names.set(kind, names);
    const key = this.known.get(full) ?? names.claim(toKey(name, kind));
    this.known.set(full, key);
    return key;
  }

  /** Key of a name that something waits for or sends; undefined: nothing does. */
  find(kind: string, name: string): string | undefined {
    return this.known.get(`${kind}:${name}`);
  }
}

const MOST_STEPS = 3_000;

/** Gives a step its id and remembers where it came from. */
export function claim(making: Making, { id }: Pick<Node, 'id'>, suffix = ''): string {
  making.count += 1;
  if (making.count > MOST_STEPS)
    throw new Refused('too_many_copies', id, 'tokens that never join would make more steps than a flow may have');
  const step = making.names.claim(toKey(id.replace('~', '_') + suffix, 'step'));
  making.elements[step] = id.replace(/~.*$/, '');
  return step;
}

export function titleOf({ element, id }: Node, edge?: string): { 'zh-CN': string; en: string } {
  const text = edge ?? textIn(element, 'name') ?? id;
  return { 'zh-CN': text, en: text };
}

/** An expression as FEEL, or plain text as a text of FEEL. @throws Refused for what FEEL has no words for. */
export function feelOf(making: Making, { id }: Pick<Node, 'id'>, text: string): string {
  // So engines of FEEL tell it from plain text.
  if (text.trim().startsWith('=')) return asItStands(making, id, text.trim().slice(1).trim());
  const isExpression = expressionIn(text) !== null || !/[$#]\{/.test(text);
  const translated = isExpression ? toFeel(text) : { ok: false as const, reason: 'it mixes text and expressions' };
  if (!translated.ok) throw new Refused('expression_unknown', id, `${text.trim()}: ${translated.reason}`);
  for (const name of translated.names) making.fields.add(name);
  return translated.feel;
}

/** What gives a text: an expression, or plain text with the values of expressions in it. */
export function textOf(making: Making, node: Pick<Node, 'id'>, text: string): string {
  const parts = text.split(VALUES).filter((part) => part !== '');
  if (parts.length === 1) return feelOf(making, node, text);
  return parts
    .map((part) => (isPut(part) ? `string(${feelOf(making, node, part)})` : JSON.stringify(part)))
    .join(' + ');
}

function asItStands(making: Making, id: string, feel: string): string {
  const result = prepare(feel, null);
  if (!result.ok) throw new Refused('expression_unknown', id, `${feel}: it is no FEEL`);
  for (const name of result.prepared.names) making.fields.add(name);
  return feel;
}

/** The body of an expression element. */
export function bodyOf(element: Element | null | undefined, property: string): string | undefined {
  return expressionText(elementIn(element ?? undefined, property));
}
