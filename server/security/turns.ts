/**
 * Work that keeps a core busy (drawing a photo, hashing a password) takes turns: only so much at a time in a process, and whoever asks for
 * more than others waits behind them. Else one person's requests would be everybody's delay.
 */
import { AppError } from '../errors.ts';

export interface TurnLimits {
  /** Jobs at the same time. */
  atOnce: number;
  /** Jobs of one key that may wait; undefined: any number. */
  mostWaiting?: number;
}

interface Waiting {
  start: () => void;
}

/** Keys take turns: the first waiting job of each before the second of any. */
export class Turns {
  readonly #limits: TurnLimits;
  /** In the order of their turn; a key is there while a job of it waits. */
  readonly #waiting = new Map<string, Waiting[]>();
  #running = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Before what a job needs is gathered: refuses what `run` would. @throws AppError rate_limited */
  assertRoom(key: string): void {
    const { atOnce, mostWaiting = Infinity } = this.#limits;
    if (this.#running < atOnce || (this.#waiting.get(key)?.length ?? 0) < mostWaiting) return;
    throw new AppError('rate_limited', 429, { retryAfterSeconds: 2 });
  }

  /** Gives what the job gives, when its turn has come. @throws AppError rate_limited, when too many of the key wait */
  async run<T>(key: string, job: () => Promise<T>): Promise<T> {
    this.assertRoom(key);
    if (this.#running < this.#limits.atOnce) this.#running += 1;
    else await this.#turn(key);
    try {
      return await job();
    } finally {
      this.#next();
    }
  }

  #turn(key: string): Promise<void> {
    return new Promise((start) => {
      const line = this.#waiting.get(key) ?? [];
      line.push({ start });
      this.#waiting.set(key, line);
    });
  }

  /** The place of who is done goes to who waits; their key goes to the end. */
  #next(): void {
    const [key, line] = this.#waiting.entries().next().value ?? [];
    const next = line?.shift();
    if (key === undefined || line === undefined || next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(key);
    if (line.length > 0) this.#waiting.set(key, line);
    next.start();
  }
}
