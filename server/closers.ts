/** What has to be ended, in the reverse order of its start, exactly once, even when the start is cut short. */
export interface Closers {
  add(close: () => Promise<unknown>): void;
  /** Every step is tried; the first failure is thrown at the end. Further calls wait for the first. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const pending: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let close = pending.pop(); close !== undefined; close = pending.pop()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    add(close) {
      pending.push(close);
    },
    closeAll() {
      closing ??= closeAll();
      return closing;
    },
  };
}
