// Which parts of a text are the words that were looked for.
export interface Piece {
  text: string;
  hit: boolean;
}

const address = /(?:(\d{1,4})\s*(?:栋|幢|座|号楼|#)\s*)?(\d{1,3})\s*(?:单元|门)\s*(\d{2,5})\s*(?:室|号)?/g;

/** As written, and an address as our labels have it: 3栋2单元1804 is 3-2-1804. Longer ones first. */
export function marksOf(query: string): string[] {
  const addresses = [...query.matchAll(address)].map(([, ...parts]) => parts.filter(Boolean).join('-'));
  const words = query.replaceAll(address, ' ').split(/[\s,，。、；;！!？?%"'“”]+/);
  const marks = [...addresses, ...words].map((word) => word.toLowerCase()).filter((word) => word !== '');
  return [...new Set(marks)].sort((a, b) => b.length - a.length);
}

export function splitAt(text: string, marks: readonly string[]): Piece[] {
  if (marks.length === 0 || text === '') return [{ text, hit: false }];
  const pattern = new RegExp(`(${marks.map(escape).join('|')})`, 'giu');
  return text
    .split(pattern)
    .map((part, i) => ({ text: part, hit: i % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}

function escape(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
