/** The characters that XML 1.0 can hold. */
const STRAY = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const ALL_STRAY = new RegExp(STRAY, 'gu');
const NUMBERED = /&#(?:x([0-9a-f]+)|(\d+));/gi;

/** Without what XML cannot hold. */
export function holdable(text: string): string {
  return text.toWellFormed().replace(ALL_STRAY, '\uFFFD');
}

/** Where a text has a character that XML cannot hold, as it is or by its number; -1: nowhere. */
export function strayIn(xml: string): number {
  const at = xml.search(STRAY);
  if (at >= 0) return at;
  for (const { 1: hex, 2: decimal, index } of xml.matchAll(NUMBERED)) {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code > 0x10ffff || STRAY.test(String.fromCodePoint(code))) return index;
  }
  return -1;
}
