/** How technical failures are tried again: of the tables, which are near, and of services of others, which may be away for a while. */
import type { RetryPolicy } from './types.ts';

/** About four minutes. */
export const briefly: RetryPolicy = { attempts: 10, firstWaitMs: 1000, longestWaitMs: 60_000 };

/** The wait before the attempt after this one (the first is 1). */
export function waitAfter({ firstWaitMs, longestWaitMs }: RetryPolicy, attempt: number): number {
  return Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs);
}
