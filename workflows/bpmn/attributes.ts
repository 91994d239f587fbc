/** Attributes as XML lets them be written, and the elements they name. */

const TAG = /<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/g;
const ATTRIBUTE = /(\s[\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const ID = /\sid\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

/** `name = "x"` as `name="x"`: the reader drops elements that are written the first way. */
export function closedUp(xml: string): string {
  return /\s=|=\s/.test(xml) ? xml.replace(TAG, (tag) => tag.replace(ATTRIBUTE, '$1=$2')) : xml;
}

/**
 * Line of the tag that has an attribute twice, from 1; null: none has. XML has no such; the reader would tell of each, and take long over
 * many.
 */
export function repeatsAttribute(xml: string): number | null {
  for (const { 0: tag, line } of lined(xml, TAG)) {
    const names = [...tag.matchAll(ATTRIBUTE)].map(([, name = '']) => name.trim());
    if (new Set(names).size < names.length) return line;
  }
  return null;
}

/** Ids as they are written, each with its line from 1. */
export function* idsIn(xml: string): Generator<{ id: string; line: number }> {
  for (const { 1: double, 2: single, line } of lined(xml, ID)) yield { id: double ?? single ?? '', line };
}

/** Gives elements of some kinds an id each, where they have none. `next`: the id, from the kind and the line of the tag. */
export function withIds(xml: string, kinds: RegExp, next: (kind: string, line: number) => string): string {
  let [text, from] = ['', 0];
  for (const { 0: tag, index, line } of lined(xml, TAG)) {
    const [opening, kind = ''] = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(tag) ?? [''];
    if (!kinds.test(kind) || /\sid\s*=/.test(tag)) continue;
    const at = index + opening.length;
    text += `${xml.slice(from, at)} id="${next(kind, line)}"`;
    from = at;
  }
  return text + xml.slice(from);
}

/** What a pattern finds, each with its line from 1. */
function* lined(xml: string, pattern: RegExp): Generator<RegExpExecArray & { line: number }> {
  let line = 1;
  let end = endOfLine(xml, 0);
  for (const match of xml.matchAll(pattern)) {
    for (; end <= match.index; end = endOfLine(xml, end + 1)) line += 1;
    yield Object.assign(match, { line });
  }
}

function endOfLine(xml: string, from: number): number {
  const at = xml.indexOf('\n', from);
  return at < 0 ? xml.length : at;
}
