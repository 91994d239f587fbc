/**
 * Effects whose activity has asked somebody outside and waits until they call back. Only of this run: the next one performs all effects
 * again, and those that still wait say so.
 */
export class Callbacks {
  private readonly waiting = new Set<number>();
  /** Called back while their activity was at work still. */
  private readonly early = new Set<number>();

  /** False: the answer came meanwhile. */
  wait(effect: number): boolean {
    if (this.early.delete(effect)) return false;
    this.waiting.add(effect);
    return true;
  }

  noteEarly(effect: number): void {
    this.early.add(effect);
  }

  /** False: it was not waited for. */
  take(effect: number): boolean {
    return this.waiting.delete(effect);
  }
}
