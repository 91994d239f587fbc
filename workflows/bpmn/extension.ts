/**
 * What BPMN has no word for, in elements of a namespace of our own: the properties of a step, a handler, a branch or the flow as JSON, in
 * their order and without the sequences in them (those are the graph's), and the part that an element plays which is none of these.
 */
import { elementIn, elementsIn, type Element } from './element.ts';

export const NAMESPACE = 'https://guanjia.dev/bpmn/1';
export const FEEL = 'https://www.omg.org/spec/DMN/20191111/FEEL/';

/** What an element stands for that is no step. */
export type Role =
  | 'start'
  | 'end'
  /** Before a step that is jumped to and begins with a gateway. */
  | 'merge'
  /** Where the branches of a step, or of its handlers, come together. */
  | 'join'
  /** A sub-process around a step that BPMN lets have no boundary events. */
  | 'scope'
  /** Where a jump arrives. */
  | 'target'
  /** Of a jump out of a sub-process: the event that catches it, and the link it goes on by. */
  | 'escape'
  | 'undo';

const text = (name: string, kind: 'isAttr' | 'isBody') => ({ name, type: 'String', [kind]: true });
const json = text('json', 'isBody');

/** For moddle, which reads and writes it. */
export const EXTENSION = {
  name: 'Guanjia',
  prefix: 'guanjia',
  uri: NAMESPACE,
  xml: { tagAlias: 'lowerCase' },
  types: [
    {
      name: 'Flow',
      superClass: ['Element'],
      properties: ['language', 'names', 'alone'].map((name) => text(name, 'isAttr')).concat(json),
    },
    { name: 'Step', superClass: ['Element'], properties: [text('then', 'isAttr'), json] },
    { name: 'Handler', superClass: ['Element'], properties: [json] },
    { name: 'Branch', superClass: ['Element'], properties: [json] },
    {
      name: 'Part',
      superClass: ['Element'],
      properties: [text('role', 'isAttr'), text('of', 'isAttr'), text('then', 'isAttr')],
    },
  ],
};

export type MarkType = 'Flow' | 'Step' | 'Handler' | 'Branch' | 'Part';

/** An element of the namespace in another's extension elements. */
export function markOf(element: Element | undefined, type: MarkType): Element | undefined {
  const values = elementsIn(elementIn(element, 'extensionElements'), 'values');
  return values.find(({ $type }) => $type === `guanjia:${type}`);
}

export function roleOf(element: Element | undefined): { role: Role; of: string | undefined } | null {
  const part = markOf(element, 'Part');
  return part ? { role: part.role as Role, of: part.of as string | undefined } : null;
}

export type Details = Record<string, unknown>;

/** The properties that a mark holds; null: none, or no JSON any more. */
export function detailsOf(element: Element | undefined, type: MarkType): Details | null {
  const held = markOf(element, type)?.json;
  if (typeof held !== 'string') return null;
  try {
    const value: unknown = JSON.parse(held);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Details) : null;
  } catch {
    return null;
  }
}
