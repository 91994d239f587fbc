/** What the product tells a person inside the product. */
import { Type } from 'typebox';
import { Instant, nullable, page, Uuid } from '../schema.ts';

export const Notification = Type.Object(
  {
    id: Uuid,
    kind: Type.String({
      description: 'Key of the text, e.g. task_opened, task_reminder, task_overdue, escalation, case_cc.',
    }),
    params: Type.Record(Type.String(), Type.Unknown()),
    caseId: nullable(Uuid),
    taskId: nullable(Type.String()),
    createdAt: Instant,
    readAt: nullable(Instant),
  },
  { title: 'Notification' },
);
export const NotificationPage = page('NotificationPage', Notification);
export const NotificationCounts = Type.Object({ unread: Type.Integer() }, { title: 'NotificationCounts' });
