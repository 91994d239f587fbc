/**
 * What a `throw` step sends, handed over as an activity: `message.send`, `signal.send`. Done once it is kept; whether anybody waits is not its
 * sender's business. Its id comes from the effect's, so that it is sent once however often this runs.
 */
import { acceptMessage } from '../commands/messages/accept.ts';
import { deliverMessages } from '../commands/messages/deliver.ts';
import type { Deps } from '../deps.ts';
import { startId } from '../starts/start-id.ts';
import type { PerformRequest } from '../../workflows/activities.ts';

type Send = NonNullable<PerformRequest['send']>;

export interface Sending {
  request: PerformRequest;
  send: Send;
  communityId: string | null;
  fields: Record<string, unknown>;
}

export async function sendMessage(
  deps: Pick<Deps, 'db' | 'temporal' | 'config' | 'log' | 'adminDb'>,
  { request: { caseId, effect }, send: { name, key }, communityId, fields }: Sending,
): Promise<void> {
  const id = startId([caseId, String(effect)]);
  const kind = key === null ? 'signal' : 'message';
  await acceptMessage(deps.db, { id, kind, name, key, fields, communityId, by: null, fromCase: caseId });
  // Not awaited: the case it goes to may need this very worker. What is lost here the sweep finds.
  deliverMessages(deps, id).catch((err: unknown) => {
    deps.log.warn({ err, message: id }, 'message not delivered yet');
  });
}
