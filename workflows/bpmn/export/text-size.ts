/**
 * How much room a text takes in a diagram. Modelers draw with their own fonts and break lines in their own way: these are bounds that the
 * common ones keep, at 11 px outside of shapes and at 12 px within.
 */

const LINE = 14;
const WIDEST = 90;
const INNER = { padding: 7, scale: 12 / 11 };

export interface TextSize {
  width: number;
  height: number;
}

/** Outside of a shape. */
export function sizeOfText(text: string): TextSize {
  return { width: Math.min(Math.ceil(widthOf(text)) + 8, WIDEST), height: linesOf(text, WIDEST) * LINE };
}

/** Within a shape of that width. */
export function linesWithin(text: string, width: number): number {
  return linesOf(text, (width - 2 * INNER.padding) / INNER.scale);
}

/** Broken at spaces and hyphens; a word that is longer than a line anywhere, a character early. */
function linesOf(text: string, widest: number): number {
  let [lines, used] = [1, 0];
  for (const word of text.split(/(?<=[\s-])/u)) {
    const width = widthOf(word);
    const isOnLine = used + widthOf(word.trimEnd()) <= widest;
    if (!isOnLine && used > 0) lines += 1;
    const whole = Math.ceil(width / (widest - WIDE));
    if (width > widest) lines += whole - 1;
    used = width > widest ? width % (widest - WIDE) : isOnLine ? used + width : width;
  }
  return lines;
}

/** Characters of East Asia are square. */
const WIDE = 11.5;

function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

function widthOfCharacter(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= 0x2e80) return WIDE;
  return /[A-Zmw@%]/.test(character) ? 8.5 : 6;
}
