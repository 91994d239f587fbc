/**
 * A failed activity is tried again as it says itself; what it fails with at last has the code that the incident shows. A code that it declares
 * is a business error, which an `error` handler of the flow may catch.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Activity } from '../../activities/index.ts';
import { waitAfter } from '../../activities/retry.ts';
import { AppError } from '../errors.ts';

/** `attempt`: from 1. @throws ApplicationFailure */
export async function tried<T>(
  { retry, errors }: Pick<Activity, 'retry' | 'errors'>,
  attempt: number,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const known = describe(error);
    if (error instanceof ApplicationFailure && error.nonRetryable === true) throw final(known, errors);
    throw ApplicationFailure.create({
      ...known,
      nonRetryable: attempt >= retry.attempts,
      nextRetryDelay: delayOf(error) ?? waitAfter(retry, attempt),
    });
  }
}

function final(failure: Described, errors: Activity['errors']): ApplicationFailure {
  const details = Object.hasOwn(errors, failure.type) ? [{ business: true }] : [];
  return ApplicationFailure.create({ ...failure, nonRetryable: true, details });
}

interface Described {
  type: string;
  message: string;
}

function describe(error: unknown): Described {
  if (error instanceof ApplicationFailure) return { type: error.type ?? 'activity_failed', message: error.message };
  if (error instanceof AppError) return { type: error.code, message: error.code };
  return { type: 'activity_failed', message: error instanceof Error ? error.message : 'activity_failed' };
}

/** What the other side asked for. */
function delayOf(error: unknown): number | undefined {
  return error instanceof ApplicationFailure && typeof error.nextRetryDelay === 'number'
    ? error.nextRetryDelay
    : undefined;
}
