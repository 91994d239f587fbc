/** What a builtin of ours is (functions.ts). */
import type { Spend } from './regex.ts';

/** What a builtin may know besides its arguments. */
export interface Within {
  /** IANA zone of the community. */
  zone: string;
  /** Throws at the limit of operations. */
  spend: Spend;
}
export interface Builtin {
  /** Fewest and most arguments. */
  takes: [number, number];
  /** Is called with null arguments too: null means something to it. */
  nulls?: true;
  give: (args: unknown[], within: Within) => unknown;
}

export function isContext(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

/** What a builtin gives; undefined for arguments it does not take. */
export function call(builtin: Builtin, args: unknown[], within: Within): unknown {
  const [fewest, most] = builtin.takes;
  if (args.length < fewest || args.length > most) return undefined;
  if (builtin.nulls !== true && args.includes(null)) return null;
  return builtin.give(args, within);
}
