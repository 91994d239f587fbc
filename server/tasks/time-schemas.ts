/** When a task is due and why then, how long it stands, and whose its time was. */
import { Type } from 'typebox';
import { Instant, nullable, Text } from '../schema.ts';

/** Whom the work waits for. */
export const WaitingParty = Type.Enum(['initiator', 'owner', 'supplier', 'authority', 'other'], {
  title: 'WaitingParty',
});
/** The working calendar that a due time was reckoned by. */
export const TaskDueBy = Type.Object(
  {
    calendar: Type.String(),
    title: Text,
    isGuess: Type.Boolean({ description: 'The days off of a year on the way are not known yet.' }),
    before: nullable(Type.String({ format: 'date-time', description: 'When it was due before the calendar changed.' })),
  },
  { title: 'TaskDueBy' },
);
/** Time of one party with a task, or with all tasks of a case. */
export const TaskTime = Type.Object(
  {
    party: Type.Enum(['holder', 'pool', 'suspended', 'initiator', 'owner', 'supplier', 'authority', 'other'], {
      description:
        'holder: whoever had it. pool: nobody had taken it. suspended: the case stood. Else who was waited for.',
    }),
    minutes: Type.Integer({ description: 'By the clock on the wall.' }),
    workingMinutes: nullable(
      Type.Integer({ description: 'By the calendar of the due time; null where none of them has one.' }),
    ),
  },
  { title: 'TaskTime' },
);
export const TaskPause = Type.Object(
  { since: Instant, until: Instant, reason: nullable(Type.String()), waitingFor: nullable(WaitingParty) },
  { title: 'TaskPause' },
);
