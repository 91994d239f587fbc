// Numbers as people type them: full-width digits, thousands separators, a yuan sign.

/** What of a text may stand in a number: digits, also full-width ones, separators, a sign, a yuan sign. Letters are not taken. */
export function numberSigns(text: string): string {
  return text.replaceAll(/[^\d０-９.．,，+＋\-－\s¥￥]/g, '');
}

/**
 * The number in a text; null when there is none; the text itself when it is no number, so that validation says so
 * instead of silently dropping what was typed.
 */
export function readNumber(text: string): number | string | null {
  const plain = text.normalize('NFKC').replaceAll(/[\s,¥￥]/g, '');
  if (plain === '') return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : text;
}
