/** "Empty" has one meaning: a value that is absent, null, '' or []. Records are read without their empty fields. */
import type { Values } from './types.ts';

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Without empty fields, in rows too. */
export function withoutEmpty(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => !isEmpty(value))
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(cleanItem) : value]),
  );
}

function cleanItem(item: unknown): unknown {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? withoutEmpty(item as Values) : item;
}
