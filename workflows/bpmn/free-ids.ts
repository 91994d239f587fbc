/**
 * Ids that the reader of XML would drop with their whole element: it knows those of ASCII alone, while XML has names in any script, and tools
 * write ids with spaces at the ends. They are read under names of ASCII and given back.
 */
import { idsIn } from './attributes.ts';
import type { Element } from './element.ts';

const KNOWN = /^([a-z][\w-.]*:)?[a-z_][\w-.]*$/i;
/** What stands between quotes or tags: wherever an id may be named. */
const VALUE = /(["'>])([^"'<>]*)(?=["'<])/g;
/** Not in ids: escaped signs have several spellings, and `~` marks what stands for no element of the file. */
const NEVER = /[&~]/;

export interface FreeIds {
  xml: string;
  /** The text with its ids. */
  back: (text: string) => string;
  /** Gives all that was read its ids back. */
  restore: (root: Element) => void;
}

export function freeIds(xml: string): FreeIds {
  const [names, ids] = [new Map<string, string>(), new Map<string, string>()];
  let mark = '_free';
  while (xml.includes(mark)) mark += '_';
  for (const { id: written } of idsIn(xml)) {
    const id = written.trim();
    if (id === '' || NEVER.test(id) || names.has(id) || (KNOWN.test(id) && id === written)) continue;
    const name = `${mark}${names.size}_`;
    names.set(id, name);
    ids.set(name, id);
  }
  const name = new RegExp(String.raw`${mark}\d+_`, 'g');
  const back = (text: string): string => text.replace(name, (found) => ids.get(found) ?? found);
  const read = (whole: string, before: string, value: string): string => {
    const known = names.get(value.trim());
    return known === undefined ? whole : before + known;
  };
  return {
    xml: names.size === 0 ? xml : xml.replace(VALUE, read),
    back,
    restore: (root) => {
      if (names.size > 0) restoreIn(root, back);
    },
  };
}

/** Elements name each other: each is come to once. */
function restoreIn(root: Element, back: (text: string) => string): void {
  const seen = new Set<object>();
  const next: object[] = [root];
  for (let held = next.pop(); held; held = next.pop()) {
    if (seen.has(held)) continue;
    seen.add(held);
    for (const [key, value] of propertiesOf(held)) {
      if (typeof value === 'string') Object.assign(held, { [key]: back(value) });
      else if (typeof value === 'object' && value !== null) next.push(value);
    }
  }
}

/** The reader hides attributes that it has no description of; the kind of an element is for reading alone. */
function propertiesOf(held: object): [string, unknown][] {
  const attributes: [string, unknown][] = '$attrs' in held ? [['$attrs', held.$attrs]] : [];
  return [...Object.entries(held).filter(([key]) => key !== '$type'), ...attributes];
}
