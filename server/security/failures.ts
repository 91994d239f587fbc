/**
 * Counts failures by key in fixed windows, so that passwords cannot be tried at will. Only failures count: people who know
 * their password are never slowed down. In memory of one process: n processes allow n times as much, which is still little.
 */
import { AppError } from '../errors.ts';

export interface FailureLimit {
  /** `ip:…`, `name:…` */
  key: string;
  max: number;
  windowMs: number;
}

interface Count {
  failures: number;
  endsAt: number;
}

/** Keys are forgotten with their window; beyond so many the oldest go first. */
const mostKeys = 50_000;

export class Failures {
  readonly #counts = new Map<string, Count>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws AppError rate_limited, when any of the limits is reached */
  assertBelow(limits: readonly FailureLimit[]): void {
    const waits = limits.map((limit) => this.#waitMs(limit));
    const waitMs = Math.max(0, ...waits);
    if (waitMs > 0) throw new AppError('rate_limited', 429, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
  }

  /** Counted before the outcome is known and taken back by `forgive`: attempts at the same time cannot slip through together. */
  add(limits: readonly FailureLimit[]): void {
    for (const { key, windowMs } of limits) {
      const count = this.#current(key) ?? { failures: 0, endsAt: this.#now() + windowMs };
      this.#counts.delete(key);
      this.#counts.set(key, { ...count, failures: count.failures + 1 });
    }
    this.#forgetOldest();
  }

  /** The attempt was no failure. */
  forgive(limits: readonly FailureLimit[]): void {
    for (const { key } of limits) {
      const count = this.#current(key);
      if (count === undefined) continue;
      if (count.failures <= 1) this.#counts.delete(key);
      else this.#counts.set(key, { ...count, failures: count.failures - 1 });
    }
  }

  #waitMs({ key, max }: FailureLimit): number {
    const count = this.#current(key);
    return count !== undefined && count.failures >= max ? count.endsAt - this.#now() : 0;
  }

  #current(key: string): Count | undefined {
    const count = this.#counts.get(key);
    return count !== undefined && count.endsAt > this.#now() ? count : undefined;
  }

  #forgetOldest(): void {
    for (const key of this.#counts.keys()) {
      if (this.#counts.size <= mostKeys) return;
      this.#counts.delete(key);
    }
  }
}
