// The present, as state: chips and «3 分钟前» move on by themselves. One timer for the whole page.
const TICK_MS = 20_000;

class Clock {
  now = $state(Date.now());

  /** Called once by the root layout; returns what stops it. */
  watch(): () => void {
    const tick = (): void => {
      this.now = Date.now();
    };
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }
}

export const clock = new Clock();
