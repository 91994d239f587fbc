/** What the product tells a person inside the product. */
import { Type, type Static } from 'typebox';
import { PersonalChannel } from '../outbound/schemas.ts';
import { Instant, nullable, page, PersonRef, Text, Uuid } from '../schema.ts';

/** What the product itself tells. Screens have a text and a picture for each, in every language. */
export const NotificationKind = Type.Enum(
  [
    'task_opened',
    'task_transferred',
    'task_returned',
    'task_delegated',
    'task_resolved',
    'signer_added',
    'task_reminder',
    'task_overdue',
    'escalation',
    'holder_absent',
    'question',
    'answer',
    'urge',
    'comment',
    'case_cc',
    'case_completed',
    'case_cancelled',
    'command_refused',
  ],
  { title: 'NotificationKind' },
);
export type NotificationKind = Static<typeof NotificationKind>;

export const Notification = Type.Object(
  {
    id: Uuid,
    kind: Type.String({ description: 'A NotificationKind, or the key of a text that a flow tells with.' }),
    params: Type.Record(Type.String(), Type.Unknown()),
    text: nullable(Text),
    by: nullable(PersonRef),
    holder: nullable(PersonRef),
    flow: nullable(Text),
    step: nullable(Text),
    caseId: nullable(Uuid),
    taskId: nullable(Type.String()),
    createdAt: Instant,
    readAt: nullable(Instant),
    ended: Type.Boolean({ description: 'Its task is over: it counts as read and asks for nothing.' }),
  },
  { title: 'Notification' },
);
export const NoticeChoice = Type.Object(
  { channel: PersonalChannel, wanted: Type.Boolean() },
  { title: 'NoticeChoice', additionalProperties: false },
);
export const NoticeChoices = Type.Object(
  {
    channels: Type.Array(
      Type.Object({
        channel: PersonalChannel,
        wanted: Type.Boolean(),
        address: nullable(Type.String({ description: 'Masked; null: none is known.' })),
      }),
    ),
    required: Type.Array(Text, { description: 'What comes whatever was chosen.' }),
  },
  { title: 'NoticeChoices' },
);
export const NotificationPage = page('NotificationPage', Notification);
export const NotificationCounts = Type.Object({ unread: Type.Integer() }, { title: 'NotificationCounts' });
