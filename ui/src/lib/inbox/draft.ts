// Saves what a person is writing: three seconds after the last change, or at once when told (blur, leaving).
// One save runs at a time; what changed meanwhile is saved after it. A failed save is tried again with the next one.

export type DraftState = 'clean' | 'dirty' | 'saving' | 'saved' | 'failed';

export interface DraftSaverOptions<T> {
  save: (value: T) => Promise<void>;
  onstate: (state: DraftState) => void;
  delayMs?: number;
  retryMs?: number;
}

export class DraftSaver<T> {
  #options: DraftSaverOptions<T>;
  #waiting: { value: T } | undefined;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DraftSaverOptions<T>) {
    this.#options = options;
  }

  /** Something changed; `value` is what is to be kept. */
  change(value: T): void {
    this.#waiting = { value };
    this.#options.onstate('dirty');
    this.#arm(this.#options.delayMs ?? 3_000);
  }

  /** Saves now what waits; resolves when nothing waits any more or the save failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    if (!this.#waiting) return;
    const { value } = this.#waiting;
    this.#waiting = undefined;
    this.#running = this.#save(value);
    await this.#running;
    this.#running = undefined;
  }

  /**
   * Forgets what waits: the task is being decided. Resolves when no save is under way any more, so that none comes after the decision.
   */
  async cancel(): Promise<void> {
    this.#forget();
    await this.#running;
    // A save that failed meanwhile has put its value back.
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
  }

  async #save(value: T): Promise<void> {
    this.#options.onstate('saving');
    try {
      await this.#options.save(value);
      this.#options.onstate(this.#waiting ? 'dirty' : 'saved');
    } catch {
      // Said on screen; the text stays in the page and is offered to the next save.
      this.#waiting ??= { value };
      this.#options.onstate('failed');
      this.#arm(this.#options.retryMs ?? 10_000);
    }
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }
}
