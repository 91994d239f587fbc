// Pure: what a balance has, what is taken from it, what is left. Amounts of at most six decimals; nothing is written from here.

export interface Meter {
  has: number;
  uses: number;
  left: number;
  over: number;
  /** 0…1 of the bar that stays, and that is taken. */
  leftShare: number;
  usesShare: number;
}

const MILLIONTHS = 1_000_000;
const exact = (amount: number): number => Math.round(amount * MILLIONTHS) / MILLIONTHS;

function amountOf(value: unknown): number {
  const amount = value === null || value === '' ? 0 : Number(value);
  return Number.isFinite(amount) ? amount : 0;
}

/** What is taken beyond what there is shows as a full bar, and as `over`. */
export function meterOf(value: unknown, taken: unknown): Meter {
  const has = amountOf(value);
  const uses = Math.max(0, amountOf(taken));
  const left = Math.max(0, exact(has - uses));
  const over = Math.max(0, exact(uses - Math.max(0, has)));
  const share = has > 0 ? left / has : 0;
  const usesShare = has > 0 ? Math.min(1, uses / has) : Number(uses > 0);
  return { has, uses, left, over, leftShare: share, usesShare };
}
