/** Attributes as XML lets them be written, and the elements they name. */

const TAG = /<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/g;
const ATTRIBUTE = /(\s[\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const ID = /\sid\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** `name = "x"` as `name="x"`: the reader drops elements that are written the first way. */
export function closedUp(xml: string): string {
  return /\s=|=\s/.test(xml) ? xml.replace(TAG, (tag) => tag.replace(ATTRIBUTE, '$1=$2')) : xml;
}

/** Ids as they are written, each with its line from 1. */
export function* idsIn(xml: string): Generator<{ id: string; line: number }> {
  let [line, counted] = [1, 0];
  for (const { 1: double, 2: single, index } of xml.matchAll(ID)) {
    for (let at = xml.indexOf('\n', counted); at >= 0 && at <= index; at = xml.indexOf('\n', counted)) {
      line += 1;
      counted = at + 1;
    }
    yield { id: double ?? single ?? '', line };
  }
}
