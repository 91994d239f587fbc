/** What the event stream says. An event is a hint: the page re-reads and upserts by id. */
import { Type } from 'typebox';
import { nullable, Uuid } from '../schema.ts';

export const Hint = Type.Object(
  {
    kind: Type.Enum(['task', 'case', 'notification', 'watch', 'resync'], {
      description: '`watch`: a case that the reader may look at; it waits for them no more than before.',
    }),
    caseId: nullable(Uuid),
    taskId: nullable(Type.String()),
  },
  { title: 'Hint' },
);
