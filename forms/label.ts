/** The template that names a record: `{building.code}-{number}`. */
import type { LabelPart } from './types.ts';

/** @throws RangeError when a brace does not close or a name is not one. */
export function parseLabel(template: string): LabelPart[] {
  const parts: LabelPart[] = [];
  let rest = template;
  while (rest !== '') {
    const match = /^(?:\{([a-z][a-zA-Z0-9]*)(?:\.([a-z][a-zA-Z0-9]*))?\}|([^{}]+))/.exec(rest);
    if (match === null) throw new RangeError(`not a label: ${template}`);
    const [whole, field, of, text] = match;
    if (text !== undefined) parts.push({ text });
    else if (field !== undefined) parts.push(of === undefined ? { field } : { field, of });
    rest = rest.slice(whole.length);
  }
  return parts;
}

/**
 * The name. Empty parts leave no separators at the ends: `{code}-{name}` of a record without a code is its name.
 * `valueOf` gives the text of a part, or an empty one.
 */
export function renderLabel(
  parts: readonly LabelPart[],
  valueOf: (part: { field: string; of?: string }) => string,
): string {
  const text = parts.map((part) => ('text' in part ? part.text : valueOf(part))).join('');
  return text.replaceAll(/^[\s\-·/,、]+|[\s\-·/,、]+$/g, '');
}
