/**
 * Native timers of a case: one for the earliest due time, armed anew only when an earlier one comes. An armed timer is never
 * cancelled: a wake for nothing costs four events once, cancelling costs one each time.
 */
import { sleep } from '@temporalio/workflow';
import { now } from './clock.ts';

export class Timers {
  private armed: number[] = [];
  private readonly wake: () => void;

  constructor(wake: () => void) {
    this.wake = wake;
  }

  /** `due`: epoch ms of the earliest due time, null for none. */
  arm(due: number | null): void {
    if (due === null || this.armed.some((at) => at <= due)) return;
    this.armed.push(due);
    void sleep(Math.max(1, due - now())).then(() => {
      this.armed = this.armed.filter((at) => at !== due);
      this.wake();
    });
  }
}
