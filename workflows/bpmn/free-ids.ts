/**
 * Ids that the reader of XML would drop with their whole element: it knows those of ASCII alone, while XML has names in any script, and tools
 * write ids with spaces at the ends. They are read under names of ASCII and given back. What has none gets one.
 */
import { idsIn, withIds } from './attributes.ts';
import type { Element } from './element.ts';

const KNOWN = /^([a-z][\w-.]*:)?[a-z_][\w-.]*$/i;
/** What stands between quotes or tags: wherever an id may be named. */
const VALUE = /(["'>])([^"'<>]*)(?=["'<])/g;
/** Kinds that are told apart by their ids. */
const NAMED =
  /^(?:process|transaction|task|callActivity|sequenceFlow|[a-z]\w*(?:Task|Event|Gateway)|\w*[sS]ubProcess)$/;
/** Not in ids: escaped signs have several spellings, and `~` marks what stands for no element of the file. */
const NEVER = /[&~]/;

export interface FreeIds {
  xml: string;
  /** The text with its ids. */
  back: (text: string) => string;
  /** Gives all that was read its ids back. */
  restore: (root: Element) => void;
  /** Line of an element's start tag, from 1; null: none has the id. */
  lineOf: (id: string | null) => number | null;
}

export function freeIds(written: string): FreeIds {
  const [names, ids] = [new Map<string, string>(), new Map<string, string>()];
  const { xml, lines } = allNamed(written);
  let mark = '_free';
  while (xml.includes(mark)) mark += '_';
  for (const { id: found } of idsIn(xml)) {
    const id = found.trim();
    if (id === '' || NEVER.test(id) || names.has(id) || (KNOWN.test(id) && id === found)) continue;
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
    lineOf: (id) => (id === null ? null : (lines.get(id) ?? null)),
  };
}

function allNamed(written: string): { xml: string; lines: Map<string, number> } {
  const lines = new Map([...idsIn(written)].toReversed().map(({ id, line }) => [id.trim(), line]));
  const counts = new Map<string, number>();
  const xml = withIds(written, NAMED, (kind, line) => {
    let count = counts.get(kind) ?? 0;
    do count += 1;
    while (lines.has(`${kind}_${count}`));
    counts.set(kind, count);
    lines.set(`${kind}_${count}`, line);
    return `${kind}_${count}`;
  });
  return { xml, lines };
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
