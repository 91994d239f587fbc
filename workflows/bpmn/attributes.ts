/** Attributes as XML lets them be written, and the elements they name. */

const TAG = /<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/g;
const ATTRIBUTE = /(\s[\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const ID = /\sid\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** `name = "x"` as `name="x"`: the reader drops elements that are written the first way. */
export function closedUp(xml: string): string {
  return /\s=|=\s/.test(xml) ? xml.replace(TAG, (tag) => tag.replace(ATTRIBUTE, '$1=$2')) : xml;
}

/** XML has no attribute twice; the reader would tell of each, and take long over many. */
export function repeatsAttribute(xml: string): boolean {
  for (const [tag] of xml.matchAll(TAG)) {
    const names = [...tag.matchAll(ATTRIBUTE)].map(([, name = '']) => name.trim());
    if (new Set(names).size < names.length) return true;
  }
  return false;
}

/** Ids as they are written, each with its line from 1. */
export function* idsIn(xml: string): Generator<{ id: string; line: number }> {
  let line = 1;
  let end = endOfLine(xml, 0);
  for (const { 1: double, 2: single, index } of xml.matchAll(ID)) {
    for (; end <= index; end = endOfLine(xml, end + 1)) line += 1;
    yield { id: double ?? single ?? '', line };
  }
}

function endOfLine(xml: string, from: number): number {
  const at = xml.indexOf('\n', from);
  return at < 0 ? xml.length : at;
}
