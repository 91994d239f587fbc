/**
 * How an activity that is called back goes: it asks once, is waited for without it, and is performed again when somebody has called or the
 * time is over. What was said counts, also where the request itself came to nothing: whoever called was told that it was taken.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Values } from '../../forms/types.ts';
import type { PerformRequest } from '../../workflows/activities.ts';
import { closeCallback, noteAsked, readCallback, type Callback } from '../commands/callbacks/ask.ts';
import type { Deps } from '../deps.ts';

/** Null: it is waited for. `ask`: asks the other side, with the address. @throws ApplicationFailure callback_timeout, cancelled */
export async function answerOf(
  deps: Pick<Deps, 'db'>,
  request: PerformRequest,
  ask: () => Promise<unknown>,
): Promise<Values | null> {
  const before = request.close === true ? await closeCallback(deps, request) : await readCallback(deps, request);
  const isAsked = before !== undefined && (before.state !== 'open' || before.asked);
  if (isAsked || request.close === true) return answerBy(before);
  try {
    await ask();
  } catch (error) {
    const said = await readCallback(deps, request);
    if (said?.state === 'received') return said.body;
    throw error;
  }
  return answerBy(await noteAsked(deps, request));
}

function answerBy(callback: Callback | undefined): Values | null {
  switch (callback?.state) {
    case 'received':
      return callback.body;
    case 'open':
      return null;
    case 'expired':
      throw ApplicationFailure.nonRetryable('nobody called back in time', 'callback_timeout', { business: true });
    default:
      throw ApplicationFailure.nonRetryable('not waited for any more', 'cancelled');
  }
}
