/** Chance that gives the same result every time: the demo community is generated, and the same for everybody. */
import { createHash } from 'node:crypto';

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** True in `share` of all cases; `share` in [0, 1]. */
  chance(share: number): boolean;
  /** @throws RangeError for an empty list */
  pick<T>(items: readonly T[]): T;
  /** Earlier items come up more often than later ones. */
  pickEarly<T>(items: readonly T[]): T;
  /** An integer in [from, to]. */
  between(from: number, to: number): number;
}

/** mulberry32: 32 bits of state are enough for a few thousand draws. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (share) => next() < share,
    pick: (items) => at(items, Math.floor(next() * items.length)),
    pickEarly: (items) => at(items, Math.floor(next() * next() * items.length)),
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
  };
}

/** The same UUID (version 8) for the same name, so that a load that is repeated finds what it made before. */
export function demoId(...name: readonly (string | number)[]): string {
  const hex = createHash('sha256')
    .update(`guanjia-demo/${name.join('/')}`)
    .digest('hex');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
