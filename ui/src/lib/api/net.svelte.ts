// Whether the server can be reached: the browser's own word, corrected by what our requests meet.
class Net {
  #browserOnline = $state(!('onLine' in navigator) || navigator.onLine);
  #answered = $state(true);

  get online(): boolean {
    return this.#browserOnline && this.#answered;
  }

  /** Some answer came, whatever it said. */
  heard(): void {
    this.#answered = true;
  }

  /** A request got no answer. */
  lost(): void {
    this.#answered = false;
  }

  /** Called once by the root layout; returns what stops it. */
  watch(): () => void {
    const on = (): void => {
      this.#browserOnline = true;
      this.#answered = true;
    };
    const off = (): void => {
      this.#browserOnline = false;
    };
    addEventListener('online', on);
    addEventListener('offline', off);
    return () => {
      removeEventListener('online', on);
      removeEventListener('offline', off);
    };
  }
}

export const net = new Net();
