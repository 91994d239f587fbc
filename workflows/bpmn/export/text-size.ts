/** How much room a text takes in a diagram, by the widths of common fonts at 11 px: modelers draw with their own. */

const LINE = 14;
const WIDEST = 90;

export interface TextSize {
  width: number;
  height: number;
}

export function sizeOfText(text: string): TextSize {
  const width = Array.from(text).reduce((sum, character) => sum + widthOf(character), 0);
  const lines = Math.max(1, Math.ceil(width / (WIDEST - 10)));
  return { width: Math.min(Math.ceil(width) + 4, WIDEST), height: lines * LINE };
}

/** Characters of East Asia are square. */
function widthOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x2e80 ? 11.5 : 6.2;
}
