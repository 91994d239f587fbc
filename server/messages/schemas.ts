/** Messages from outside, and what became of them. */
import { Type } from 'typebox';
import { Fields, Instant, nullable, page, Uuid } from '../schema.ts';

const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'As flows name it.' });
/**
 * pending: on its way to a case that waits. taken. started: it starts cases. early: kept for a receiver that takes early ones. dead: nobody waits,
 * or it could not be taken. discarded: somebody let it be.
 */
export const MessageState = Type.Enum(['pending', 'taken', 'started', 'early', 'dead', 'discarded'], {
  title: 'MessageState',
});
export const MessageBody = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'The sender’s: one happens once, however often it is sent.' }),
    name: Name,
    key: Type.String({ minLength: 1, maxLength: 200, description: 'Says which case is meant.' }),
    fields: Type.Optional(Fields),
  },
  { title: 'MessageBody', additionalProperties: false },
);
export const SignalBody = Type.Object(
  {
    id: Uuid,
    name: Name,
    communityId: Type.Optional(Type.String({ format: 'uuid', description: 'Only cases there. Default: all.' })),
    fields: Type.Optional(Fields),
  },
  { title: 'SignalBody', additionalProperties: false },
);
export const MessageSent = Type.Object({ id: Uuid, state: MessageState }, { title: 'MessageSent' });
const Message = Type.Object(
  {
    id: Uuid,
    kind: Type.Enum(['message', 'signal']),
    name: Type.String(),
    key: nullable(Type.String()),
    state: MessageState,
    reason: nullable(Type.String({ description: 'Why it is dead: nobody_waits, expired, refused.' })),
    sentBy: nullable(Uuid),
    fromCase: nullable(Uuid),
    expiresAt: nullable(Instant),
    createdAt: Instant,
    endedAt: nullable(Instant),
  },
  { title: 'Message' },
);
export const MessagePage = page('MessagePage', Message);
