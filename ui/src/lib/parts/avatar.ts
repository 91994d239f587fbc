/** What stands in a round mark for a name: the last two characters of a Chinese name, initials of any other. */
export function initialsOf(name: string): string {
  const trimmed = name.trim();
  if (/\p{Script=Han}/u.test(trimmed)) return Array.from(trimmed).slice(-2).join('');
  const words = trimmed.split(/\s+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}

/** A hue (degrees) that stays with a name, so that a person keeps one colour everywhere. */
export function hueOf(name: string): number {
  let sum = 7;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 3600;
  return (sum % 12) * 30 + 15;
}
