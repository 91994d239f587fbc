/**
 * Texts as the search index keeps them, and words as patterns over them. Trigrams alone do not find the two-character words that
 * Chinese is made of; so runs of characters are kept as overlapping pairs with spaces between ("水管漏水" → "水管 管漏 漏水 水"), and a pair
 * is a word with trigrams of its own. Letters and digits stay whole, with their hyphens ("wx-202611-0012", "3-2-1804").
 */

const runs = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]`;
const letters = String.raw`(?:(?!${runs})[\p{L}\p{N}])+`;
/** A run of what is written without spaces, or letters and digits with hyphens inside. */
const pieces = new RegExp(`${runs}+|${letters}(?:-${letters})*`, 'gu');
const written = new RegExp(`^${runs}`, 'u');
/** As people write an address: 3栋2单元1804, 3号楼2单元1804室, 2单元1804, 3-2-1804. */
const address =
  /(?<![a-z\d-])(?:(\d{1,4})\s*(?:栋|幢|座|号楼|#|-)\s*)?(\d{1,3})\s*(?:单元|门|-)\s*(\d{2,5})\s*(?:室|号(?!楼))?(?![\p{L}\p{N}-])/gu;

/** More than this of one text is not searched: nobody remembers the end of a long one. */
const longest = 4000;

/** Begins and ends with a space. */
export function gramsOf(text: string): string {
  const words = piecesOf(text.slice(0, longest)).flatMap((piece) => (written.test(piece) ? pairs(piece) : [piece]));
  return ` ${words.join(' ')} `;
}

export interface SearchWord {
  /** LIKE patterns over grams; any of them is a match. */
  patterns: string[];
  /** The four digits that a masked number shows, or all of it: more of its end would tell it digit by digit. Null: neither. */
  tail: string | null;
}

const mostWords = 8;

/** Every word must be found somewhere in a case. Empty: there is nothing to look for. */
export function wordsOf(query: string): SearchWord[] {
  const addresses = [...normal(query).matchAll(address)].map(([whole, building, entrance, number]) => ({
    whole,
    unit: [building, entrance, number].filter((part) => part !== undefined).join('-'),
  }));
  const rest = addresses.reduce((text, { whole }) => text.replace(whole, ' '), normal(query));
  const words = [...addresses.map(({ unit }) => hyphenated(unit)), ...piecesOf(rest).map(wordOf)];
  return words.slice(0, mostWords);
}

function wordOf(piece: string): SearchWord {
  if (written.test(piece)) return { patterns: [`% ${runPattern(piece)}%`], tail: null };
  if (piece.includes('-')) return hyphenated(piece);
  // Shorter than a trigram: the beginning of a word.
  return { patterns: [piece.length < 3 ? `% ${piece}%` : `%${piece}%`], tail: tailOf(piece) };
}

/** "2-1804" is also the end of "3-2-1804", but not of "12-1804". */
function hyphenated(piece: string): SearchWord {
  const digits = piece.replaceAll('-', '');
  return { patterns: [`% ${piece}%`, `%-${piece}%`], tail: digits.length < 7 ? null : tailOf(digits) };
}

function tailOf(digits: string): string | null {
  if (!/^\d{4,}$/.test(digits)) return null;
  return digits.length === 4 ? `%${digits} %` : `% ${digits} %`;
}

/** Pairs of a longer run; the last character alone begins whatever pair follows it. */
function runPattern(run: string): string {
  const characters = Array.from(run);
  return characters.length === 1 ? run : pairs(run).slice(0, -1).join(' ');
}

/** Overlapping pairs and the last character, so that each character begins one. */
function pairs(run: string): string[] {
  const characters = Array.from(run);
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
}

function piecesOf(text: string): string[] {
  return normal(text).match(pieces) ?? [];
}

function normal(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
