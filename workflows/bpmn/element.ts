/** Reading moddle's elements: properties by name, references to other elements, and attributes of vendors under whatever prefix. */

/** As much of an element as is read here. */
export interface Element {
  $type: string;
  $attrs?: Record<string, unknown>;
  $parent?: Element;
  id?: string;
  name?: string;
  [property: string]: unknown;
}

/** The name of its kind as BPMN's XML has it: `userTask`. */
export function typeOf({ $type }: Element): string {
  const name = $type.slice($type.indexOf(':') + 1);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

export function isTransaction(element: Element | undefined): boolean {
  return element !== undefined && typeOf(element) === 'transaction';
}

export function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** What a reference names that the file does not define. */
export const MISSING = 'bpmn:Missing';

export function isMissing({ $type }: Element): boolean {
  return $type === MISSING;
}

/** What a property holds, one or several, as a list. */
export function elementsIn(element: Element | undefined, property: string): Element[] {
  const value = element?.[property];
  return [value].flat().filter(isElement);
}

export function elementIn(element: Element | undefined, property: string): Element | undefined {
  return elementsIn(element, property)[0];
}

export function textIn(element: Element | undefined, property: string): string | undefined {
  const value = element?.[property];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** What an expression says; one that names FEEL as its language begins with `=`, by which engines of FEEL tell it from plain text. */
export function expressionText(expression: Element | undefined): string | undefined {
  const body = textIn(expression, 'body');
  const isFeel = /\bFEEL\b/i.test(textIn(expression, 'language') ?? '');
  return body !== undefined && isFeel && !body.startsWith('=') ? `=${body}` : body;
}

/** An attribute in a vendor's namespace, such as `camunda:assignee`: the same names mean the same with all of them. */
export function vendorAttribute(element: Element | undefined, name: string): string | undefined {
  for (const [key, value] of Object.entries(element?.$attrs ?? {}))
    if (key.endsWith(`:${name}`) && !key.startsWith('xmlns:') && typeof value === 'string' && value.trim() !== '')
      return value.trim();
  return undefined;
}

/** Elements in a vendor's namespace within the extension elements, by their local name. */
export function vendorElements(element: Element | undefined, name: string): Element[] {
  const values = elementsIn(elementIn(element, 'extensionElements'), 'values');
  return values.filter(({ $type }) => $type.slice($type.indexOf(':') + 1) === name);
}

/** A property of a vendor's element: the reader has no description of those, and keeps attributes as they stand. */
export function undescribed(element: Element, name: string): string | undefined {
  const value = element[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
