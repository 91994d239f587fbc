/** What leaves the house, as the outbox shows it. */
import { Type, type Static } from 'typebox';
import { Instant, nullable, page, PersonRef, Text, Uuid } from '../schema.ts';

export const OutboundChannel = Type.Enum(['mail', 'sms', 'robot'], { title: 'OutboundChannel' });
export type OutboundChannel = Static<typeof OutboundChannel>;
/** Those that reach a person. */
export const PersonalChannel = Type.Enum(['mail', 'sms'], { title: 'PersonalChannel' });
/** shown: a demo shows it here instead of sending it. */
export const OutboundState = Type.Enum(['queued', 'sending', 'sent', 'failed', 'shown'], { title: 'OutboundState' });
export type OutboundState = Static<typeof OutboundState>;

export const OutboundItem = Type.Object(
  {
    id: Uuid,
    kind: Type.String(),
    title: nullable(Text),
    channel: OutboundChannel,
    person: nullable(PersonRef),
    address: Type.String({ description: 'Masked; POST …/unmask tells it in full. Of a robot: its name.' }),
    language: Type.String(),
    subject: nullable(Type.String()),
    text: Type.String(),
    link: Type.String({ description: 'A path of the product.' }),
    state: OutboundState,
    attempts: Type.Integer(),
    nextAt: nullable(Type.String({ format: 'date-time', description: 'When it is tried, while it waits.' })),
    error: nullable(Type.String({ description: 'Why the last attempt failed: smtp_550, not_configured …' })),
    caseId: nullable(Uuid),
    createdAt: Instant,
    endedAt: nullable(Instant),
  },
  { title: 'OutboundItem' },
);
export const OutboundPage = page('OutboundPage', OutboundItem);
export const OutboundCounts = Type.Object(
  {
    queued: Type.Integer(),
    sending: Type.Integer(),
    sent: Type.Integer(),
    failed: Type.Integer(),
    shown: Type.Integer(),
  },
  { title: 'OutboundCounts' },
);
export const RevealBody = Type.Object(
  { reason: Type.String({ minLength: 2, maxLength: 400 }) },
  { title: 'RevealBody', additionalProperties: false },
);
export const Revealed = Type.Object({ address: Type.String() }, { title: 'Revealed' });
