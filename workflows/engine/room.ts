/**
 * How much of a record a case may hold: its state goes into Temporal whole when the case continues as new, and every command into the
 * answer that carries its event. Beyond two megabytes Temporal takes neither, and the case would stand still for ever.
 */
import type { Compiled } from './compile.ts';
import type { Vars } from './types.ts';

/** Characters of JSON, of which some take three bytes. */
export const MOST_VALUES = 250_000;

/** Whether the values fit beside what the case holds already. */
export function hasRoomFor({ mentioned }: Compiled, held: Vars, given: Vars): boolean {
  const names = Object.keys(given).filter((name) => mentioned.has(name));
  if (names.length === 0) return true;
  const kept = Object.entries(held).filter(([name]) => !names.includes(name));
  const all = [...kept, ...names.map((name) => [name, given[name]])];
  return JSON.stringify(all).length <= MOST_VALUES;
}
