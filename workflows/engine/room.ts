/**
 * How much of a record a case may hold: its state goes into Temporal whole when the case continues as new, and every command into the
 * answer that carries its event. Beyond two megabytes Temporal takes neither, and the case would stand still for ever.
 */
import type { Mentions } from './mentions.ts';
import { heldVars } from './row-vars.ts';
import type { Vars } from './types.ts';

/** Bytes of JSON: ten thousand rows of a sub-table have room, of which the keys are held once more while a forEach runs. */
export const MOST_VALUES = 750_000;

/** Whether the values fit beside what the case holds already. */
export function hasRoomFor(mentions: Pick<Mentions, 'mentioned' | 'columns'>, held: Vars, given: Vars): boolean {
  const kept = heldVars(mentions, held, given);
  if (Object.keys(kept).length === 0) return true;
  const all = Object.entries({ ...held, ...kept });
  return bytesOf(JSON.stringify(all)) <= MOST_VALUES;
}

/** At most: of what is not ASCII a character of UTF-16 takes up to three. */
function bytesOf(text: string): number {
  return text.length + 2 * (text.match(/[^\0-\x7f]/g)?.length ?? 0);
}
