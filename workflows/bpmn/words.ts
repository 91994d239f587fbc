/**
 * What BPMN has a word for: written from a step's properties, and where somebody has said something else in a modeler, read back into them.
 * Names and documentation are in one language at a time, that of the file.
 */
import { holdable } from './characters.ts';
import { elementIn, elementsIn, textIn, type Element } from './element.ts';
import type { Details } from './extension.ts';

export type Language = 'zh-CN' | 'en';

/** Texts that only say what an element is, and are no title: `→ Dispatch`. */
const ARROW = '→ ';

/** In one line, of the characters that XML can hold. */
export function oneLine(text: string): string {
  return holdable(text).replace(/\s+/gu, ' ').trim();
}

export function arrowTo(title: string): string {
  return `${ARROW}${title}`;
}

interface Word {
  /** As the properties say it; undefined: they do not. */
  said: (details: Details, language: Language) => string | undefined;
  read: (element: Element) => string | undefined;
  /** Undefined: nothing of the properties says it. */
  write: (details: Details, text: string, language: Language) => Details;
}

const title: Word = {
  // An end without a title is known by its outcome.
  said: (details, language) => textOf(details.title, language) ?? stringOf(details.outcome),
  read: (element) => {
    const name = textIn(element, 'name');
    return name?.startsWith(ARROW.trim()) ? undefined : name;
  },
  write: (details, text, language) => ({ ...details, title: inLanguage(details.title, text, language) }),
};
const guide: Word = {
  said: ({ guide: text, description }, language) => textOf(text ?? description, language),
  read: (element) => textIn(elementsIn(element, 'documentation')[0], 'text'),
  write: (details, text, language) => {
    const key = 'description' in details || 'form' in details ? 'description' : 'guide';
    return { ...details, [key]: inLanguage(details[key], text, language) };
  },
};
const condition: Word = {
  said: ({ when }) => stringOf(when),
  read: (element) => bodyIn(element, 'conditionExpression') ?? bodyIn(definitionIn(element), 'condition'),
  write: (details, text) => ('when' in details ? { ...details, when: text } : details),
};
const time = (property: 'in' | 'at', name: string): Word => ({
  said: (details) => stringOf(details[property]),
  read: (element) => bodyIn(definitionIn(element), name),
  write: (details, text) => (property in details ? { ...details, [property]: text } : details),
});
const WORDS = { title, guide, condition, in: time('in', 'timeDuration'), at: time('at', 'timeDate') };

export type WordName = keyof typeof WORDS;

/** A word of the properties as a file has it; undefined: they do not say it. */
export function say(name: WordName, details: object, language: Language): string | undefined {
  return WORDS[name].said(details as Details, language);
}

/** Properties with what an element says otherwise than they do. */
export function hear(names: WordName[], details: Details, element: Element, language: Language): Details {
  let heard = details;
  for (const name of names) {
    const { said, read, write } = WORDS[name];
    const text = read(element);
    if (text === undefined || oneLine(text) === oneLine(said(details, language) ?? '')) continue;
    heard = write(heard, text, language);
  }
  return heard;
}

/** The other language keeps what it says, where it says anything. */
function inLanguage(known: unknown, text: string, language: Language): object {
  const isText = typeof known === 'object' && known !== null;
  return isText ? { ...known, [language]: text } : { 'zh-CN': text, en: text };
}

export function textOf(text: unknown, language: Language): string | undefined {
  if (typeof text !== 'object' || text === null) return undefined;
  return stringOf((text as Partial<Record<Language, unknown>>)[language]);
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function definitionIn(element: Element): Element | undefined {
  return elementsIn(element, 'eventDefinitions')[0];
}

function bodyIn(element: Element | undefined, property: string): string | undefined {
  return textIn(elementIn(element, property), 'body');
}
