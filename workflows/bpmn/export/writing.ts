/** What is known while one flow is written: its ids, its elements level by level, and what is to be drawn. */
import type { Step, Text } from '../../engine/flow.gen.ts';
import { elementsIn, type Element } from '../element.ts';
import { FEEL, type Details, type MarkType, type Role } from '../extension.ts';
import { holdable } from '../characters.ts';
import { oneLine, textOf, type Language } from '../words.ts';
import type { Box, Line, Piece, Row } from './drawing.ts';
import { Ids } from './ids.ts';

/** A process or a sub-process: jumps do not cross its border, and neither do flows. */
export interface Level {
  parent: Level | null;
  elements: Element[];
  artifacts: Element[];
  /** Jumps from within that arrive outside of it. */
  escapes: Escape[];
}
export interface Escape {
  step: string;
  to: string;
  code: string;
}

/** Where a step is drawn. */
export interface Around {
  level: Level;
  row: Row;
  /** Whether what comes to the end of the sequence comes to the join of branches that run together. */
  passes: boolean;
  /** Those branches; told when one of them may end before their join. */
  together: { endsEarly: boolean } | null;
}

/** A step as it is drawn. */
export interface Drawn {
  piece: Piece;
  entry: Box;
  /** Null: nothing goes on from it. */
  exit: Box | null;
  /** Of the extension: says what comes after it where no flow does. */
  mark: Element;
}

export interface Moddle {
  create: (type: string, fields: object) => Element;
  toXML: (element: Element, options: object) => Promise<{ xml: string }>;
}

interface NodeFields {
  id: string;
  name?: string;
  mark?: Element;
  [property: string]: unknown;
}

export class Writing {
  readonly ids = new Ids();
  readonly lines: Line[] = [];
  /** Messages, signals, errors and escalations by what they are known by. */
  readonly roots = new Map<string, Element>();
  /** By the steps and handlers that they stand for. */
  readonly elements = new Map<string, Element>();
  /** Events that undo one step. */
  readonly undone: { definition: Element; step: string }[] = [];
  /** Levels of the steps that are drawn so far. */
  readonly levels = new Map<string, Level>();
  readonly language: Language;
  /** Steps that jumps lead to. */
  readonly targets: ReadonlySet<string>;
  readonly titleOf: (step: string) => string;
  /** Of a step or a handler that came out of a BPMN file the element there, and its kind. */
  readonly elementOf: (id: string) => string;
  readonly typeOf: (id: string) => string | undefined;
  readonly draw: (writing: Writing, step: Step, around: Around) => Drawn;
  private readonly moddle: Moddle;

  constructor(
    moddle: Moddle,
    fields: Pick<Writing, 'language' | 'targets' | 'titleOf' | 'elementOf' | 'typeOf' | 'draw'>,
  ) {
    this.moddle = moddle;
    this.language = fields.language;
    this.targets = fields.targets;
    this.titleOf = fields.titleOf;
    this.elementOf = fields.elementOf;
    this.typeOf = fields.typeOf;
    this.draw = fields.draw;
  }

  create(type: string, fields: object = {}): Element {
    return this.moddle.create(type, fields);
  }

  /** The properties without the sequences in them, in their order. */
  mark(type: Exclude<MarkType, 'Part'>, properties: object, attributes: object = {}): Element {
    return this.create(`guanjia:${type}`, { ...attributes, json: jsonOf(properties) });
  }

  part(role: Role, of?: string): Element {
    return this.create('guanjia:Part', { role, ...(of === undefined ? {} : { of }) });
  }

  node(level: Level, type: string, { id, name, mark, ...fields }: NodeFields): Element {
    const text = oneLine(name ?? '');
    const element = this.create(`bpmn:${type}`, {
      id: this.ids.claim(this.elementOf(id)),
      ...(text === '' ? {} : { name: text }),
      ...(mark ? { extensionElements: this.extension(mark) } : {}),
      ...fields,
    });
    level.elements.push(element);
    this.elements.set(id, element);
    return element;
  }

  extension(mark: Element): Element {
    return this.create('bpmn:ExtensionElements', { values: [mark] });
  }

  flow(level: Level, line: Pick<Line, 'from' | 'to' | 'row'>, fields: Omit<NodeFields, 'id'> = {}): Element {
    const { element: sourceRef, id: from } = line.from;
    const { element: targetRef, id: to } = line.to;
    const flow = this.node(level, 'SequenceFlow', { id: `${from}--${to}`, sourceRef, targetRef, ...fields });
    sourceRef.outgoing = [...elementsIn(sourceRef, 'outgoing'), flow];
    targetRef.incoming = [...elementsIn(targetRef, 'incoming'), flow];
    this.lines.push({ element: flow, ...line, label: flow.name ?? '' });
    return flow;
  }

  expression(body: string, isFeel = true): Element {
    return this.create('bpmn:FormalExpression', { body: holdable(body), ...(isFeel ? { language: FEEL } : {}) });
  }

  documentation(text: string | undefined): { documentation?: Element[] } {
    return text === undefined ? {} : { documentation: [this.create('bpmn:Documentation', { text: holdable(text) })] };
  }

  /** One for each name. */
  root(type: 'Message' | 'Signal' | 'Error' | 'Escalation', name: string): Element {
    const code = type === 'Error' ? { errorCode: name } : type === 'Escalation' ? { escalationCode: name } : {};
    const known =
      this.roots.get(`${type} ${name}`) ??
      this.create(`bpmn:${type}`, { id: this.ids.claim(`${type}-${name}`), name: oneLine(name), ...code });
    this.roots.set(`${type} ${name}`, known);
    return known;
  }

  text(text: Text | undefined): string | undefined {
    return textOf(text, this.language);
  }
}

/** Of a process: calls of its flow name it. */
export function processId(flow: string): string {
  return `Process-${flow}`;
}

/** Properties whose sequences the graph says. */
const STRUCTURE = new Set(['steps', 'branches', 'otherwise', 'on']);

function jsonOf(properties: object): string {
  const kept: Details = Object.fromEntries(
    Object.entries(properties).map(([name, value]: [string, unknown]) => {
      const isEmptyList = name === 'on' && Array.isArray(value) && value.length === 0;
      return [name, STRUCTURE.has(name) && !isEmptyList ? null : value];
    }),
  );
  // JSON may hold what XML may not.
  return JSON.stringify(kept).replace(
    /[\uFFFE\uFFFF]/gu,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16),
  );
}
