/** What the event stream says. An event is a hint: the page re-reads and upserts by id. */
import { Type } from 'typebox';
import { nullable, Uuid } from '../schema.ts';

export const Hint = Type.Object(
  {
    kind: Type.Enum(['task', 'case', 'notification', 'resync']),
    caseId: nullable(Uuid),
    taskId: nullable(Type.String()),
  },
  { title: 'Hint' },
);
