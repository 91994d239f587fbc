/** FEEL's functions of numbers as decimals (DMN 1.5, 10.3.4.4 and 10.3.4.5): 1.005 rounded to cents is 1.01. */
import { Decimal } from 'decimal.js';
import { Exact } from './arithmetic.ts';
import type { Builtin } from './builtin.ts';

/** Scales of decimal128. */
const isScale = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= 6176;
const isNumber = (value: unknown): value is number => Number.isFinite(value);

function rounding(mode: Decimal.Rounding, fewest = 2): Builtin {
  return {
    takes: [fewest, 2],
    give: ([value, scale = 0]) => {
      if (!isNumber(value) || !isScale(scale)) return undefined;
      if (scale >= 0) return new Exact(value).toDecimalPlaces(scale, mode).toNumber();
      const unit = new Exact(10).pow(-scale);
      return new Exact(value).div(unit).toDecimalPlaces(0, mode).times(unit).toNumber();
    },
  };
}

/** A function of a list, or of as many arguments; null where something is not filled in, or for too few. */
function listing(least: number, give: (list: Decimal[]) => Decimal.Value | Decimal.Value[]): Builtin {
  return {
    takes: [1, 1000],
    nulls: true,
    give: (args) => {
      const given = args.length === 1 ? args[0] : args;
      const list: unknown[] = Array.isArray(given) ? given : [given];
      if (list.includes(null) || list.length < least) return null;
      if (!list.every(isNumber)) return undefined;
      const result = give(list.map((item) => new Exact(item)));
      return Array.isArray(result) ? result.map(Number) : Number(result);
    },
  };
}

const sum = (list: Decimal[]): Decimal => list.reduce((total, item) => total.plus(item), new Exact(0));
const mean = (list: Decimal[]): Decimal => sum(list).div(list.length);
const sorted = (list: Decimal[]): Decimal[] => list.toSorted((a, b) => a.comparedTo(b));

export const NUMBERS: Record<string, Builtin> = {
  decimal: rounding(Decimal.ROUND_HALF_EVEN),
  floor: rounding(Decimal.ROUND_FLOOR, 1),
  ceiling: rounding(Decimal.ROUND_CEIL, 1),
  'round up': rounding(Decimal.ROUND_UP),
  'round down': rounding(Decimal.ROUND_DOWN),
  'round half up': rounding(Decimal.ROUND_HALF_UP),
  'round half down': rounding(Decimal.ROUND_HALF_DOWN),
  modulo: {
    takes: [2, 2],
    give: ([dividend, divisor]) => {
      if (!isNumber(dividend) || !isNumber(divisor)) return undefined;
      if (divisor === 0) return null;
      const whole = new Exact(dividend).div(divisor).floor();
      return new Exact(dividend).minus(whole.times(divisor)).toNumber();
    },
  },
  sum: listing(1, sum),
  mean: listing(1, mean),
  product: listing(1, (list) => list.reduce((total, item) => total.times(item), new Exact(1))),
  median: listing(1, (list) => {
    const [order, half] = [sorted(list), Math.floor(list.length / 2)];
    return mean(order.slice(list.length % 2 === 0 ? half - 1 : half, half + 1));
  }),
  stddev: listing(2, (list) => {
    const middle = mean(list);
    return sum(list.map((item) => item.minus(middle).pow(2)))
      .div(list.length - 1)
      .sqrt();
  }),
  mode: listing(0, (list) => {
    const counts = new Map<number, number>();
    for (const item of sorted(list)) counts.set(item.toNumber(), (counts.get(item.toNumber()) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return [...counts].filter(([, count]) => count === most).map(([item]) => item);
  }),
};
