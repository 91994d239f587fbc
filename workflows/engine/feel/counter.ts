/**
 * What a rewritten expression calls (rewrite.ts): it counts every loop, list and value while the expression runs, reckons where
 * feelin has gaps, and reads properties, so that nothing of the host can be reached through a name. One for each evaluation.
 */
import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime } from 'feelin';
import { arithmetic, negative, type Operator } from './arithmetic.ts';
import { call, isContext } from './builtin.ts';
import { comparable } from './comparable.ts';
import { BUILTINS } from './functions.ts';
import { HELPERS, helperOf, OPERATORS } from './rewrite.ts';

/** Bounds of one evaluation. Operations are loop turns and the sizes of all values met; a text counts as one for 64 characters. */
export const EVALUATION_LIMITS = { depth: 32, operations: 20_000, list: 1000, text: 10_000 };
const CHARACTERS_AN_OPERATION = 64;
const REGEX_STEPS_AN_OPERATION = 16;
/** feelin copies every item of a filtered list, and a text character by character. */
const COPIES_AN_OPERATION = 8;

/** What FEEL's own values show (DMN 1.5, table 65); the rest of them is the host's. */
const DAY = ['year', 'month', 'day', 'weekday'];
const TIME = ['hour', 'minute', 'second', 'time offset', 'timezone'];
const PROPERTIES: readonly [type: new (...args: never[]) => object, names: readonly string[]][] = [
  [FeelDate, DAY],
  [FeelTime, TIME],
  [FeelDateTime, [...DAY, ...TIME]],
  [FeelDuration, ['years', 'months', 'days', 'hours', 'minutes', 'seconds']],
  [FeelRange, ['start', 'end', 'start included', 'end included']],
];

export class Counter {
  operations = 0;
  tripped: string | null = null;
  /** A range had an end that is not filled in yet: the whole is not known. */
  unfilled = false;
  /** What went wrong; the evaluation went on with null. */
  readonly warnings: string[] = [];
  private readonly zone: string;

  constructor(zone: string) {
    this.zone = zone;
  }

  /** The functions by the names the rewritten expression calls. `calls`: builtins of ours that it has. */
  functions(calls: readonly string[]): Record<string, unknown> {
    return {
      [HELPERS.value]: named((value) => this.value(value)),
      [HELPERS.each]: named((list) => this.each(list)),
      [HELPERS.items]: named((list) => this.items(list)),
      [HELPERS.range]: named((from, to) => this.range(from, to)),
      [HELPERS.path]: named((target, name) => this.path(target, name as string)),
      [HELPERS.comparable]: named((value) => comparable(value, this.zone)),
      [HELPERS.negative]: named((value) => this.known(negative(value), 'INVALID_TYPE')),
      ...Object.fromEntries(Object.entries(OPERATORS).map(([sign, name]) => [name, this.operator(sign as Operator)])),
      ...Object.fromEntries(calls.map((name) => [helperOf(name), this.builtin(name)])),
    };
  }

  /** Counts a value, and lets nothing pass that is none of FEEL. */
  value(value: unknown): unknown {
    this.count(value, 0);
    return typeof value === 'number' && !Number.isFinite(value) ? null : (value ?? null);
  }

  private operator(sign: Operator): unknown {
    return named((a, b) => this.known(arithmetic(sign, a, b, this.zone), 'INVALID_TYPE'));
  }

  private builtin(name: string): unknown {
    const builtin = BUILTINS.get(name);
    const spend = (steps: number): void => {
      this.add(steps / REGEX_STEPS_AN_OPERATION);
    };
    return named((...args) => {
      const result = builtin && call(builtin, args, { zone: this.zone, spend });
      return this.known(result, 'INVALID_ARGUMENTS');
    });
  }

  private known(result: unknown, warning: string): unknown {
    if (result === undefined) this.warnings.push(warning);
    return result ?? null;
  }

  /** A list that a loop runs over; a range of numbers or dates becomes one. */
  private each(list: unknown): unknown {
    if (!(list instanceof FeelRange) || typeof list.start === 'string') return this.value(list);
    const turns = this.range(list.start, list.end);
    return turns.slice(list['start included'] ? 0 : 1, list['end included'] ? undefined : -1);
  }

  /** What a filter runs over. Its items' entries stand beside the helpers, and must not hide one. */
  private items(list: unknown): unknown {
    if (!Array.isArray(list)) return list;
    return list.map((item: unknown) => {
      if (typeof item === 'string') this.add(item.length / COPIES_AN_OPERATION);
      if (!isContext(item) || !Object.keys(item).some(isOurs)) return item;
      return Object.fromEntries(Object.entries(item).filter(([name]) => !isOurs(name)));
    });
  }

  private range(from: unknown, to: unknown): unknown[] {
    if (from === null || to === null) {
      this.unfilled = true;
      return [];
    }
    if (from instanceof FeelDate && to instanceof FeelDate) {
      const days = from.unwrap().until(to.unwrap()).days;
      return this.range(0, days).map((day) => new FeelDate(from.unwrap().add({ days: day as number })));
    }
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) this.trip('range');
    const [start, end] = [from as number, to as number];
    const length = Math.abs(end - start) + 1;
    if (length > EVALUATION_LIMITS.list) this.trip('range');
    this.add(length);
    const step = start > end ? -1 : 1;
    return Array.from({ length }, (_, index) => start + index * step);
  }

  private path(target: unknown, name: string): unknown {
    if (!Array.isArray(target)) return propertyOf(target, name);
    this.add(target.length);
    return target.map((item) => propertyOf(item, name));
  }

  private count(value: unknown, depth: number): void {
    this.add(1);
    if (depth > EVALUATION_LIMITS.depth) this.trip('depth');
    if (Array.isArray(value)) {
      if (value.length > EVALUATION_LIMITS.list) this.trip('list');
      for (const item of value) this.count(item, depth + 1);
    } else if (isContext(value)) {
      for (const item of Object.values(value)) this.count(item, depth + 1);
    } else this.countOne(value);
  }

  private countOne(value: unknown): void {
    if (typeof value === 'string') this.countText(value);
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) this.warnings.push('NUMBER_RANGE');
    } else if (!isOfFeel(value)) throw new TypeError('no value of FEEL');
  }

  private countText(text: string): void {
    if (text.length > EVALUATION_LIMITS.text) this.trip('text');
    this.add(text.length / CHARACTERS_AN_OPERATION);
  }

  private add(operations: number): void {
    this.operations += operations;
    if (this.operations > EVALUATION_LIMITS.operations) this.trip('operations');
  }

  private trip(limit: string): never {
    this.tripped = limit;
    throw new Error(`limit of ${limit}`);
  }
}

/** feelin reads parameter names from the source text of a function unless told. */
function named(fn: (...args: unknown[]) => unknown): unknown {
  return Object.assign(fn, { $args: ['...values'] });
}

const isOurs = (name: string): boolean => name.startsWith('__');

/** What is neither text, number, list nor context. */
function isOfFeel(value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return true;
  return PROPERTIES.some(([type]) => value instanceof type);
}

function propertyOf(target: unknown, name: string): unknown {
  if (isContext(target)) return (Object.hasOwn(target, name) ? target[name] : null) ?? null;
  const [, names] = PROPERTIES.find(([type]) => target instanceof type) ?? [];
  return names?.includes(name) ? ((target as Record<string, unknown>)[name] ?? null) : null;
}
