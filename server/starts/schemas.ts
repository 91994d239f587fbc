/** Cases that nobody starts by hand, as administrators see them. */
import { Type } from 'typebox';
import { Instant, nullable, page, Text, Uuid } from '../schema.ts';

export const Schedule = Type.Object(
  {
    id: Uuid,
    flow: Type.String(),
    title: Text,
    starter: Type.String({ description: 'Its id in the flow.' }),
    community: nullable(Type.Object({ id: Uuid, name: Type.String() })),
    rrule: Type.String(),
    from: Type.String({ description: 'DTSTART, local.' }),
    zone: Type.String(),
    onHoliday: Type.Enum(['run', 'skip']),
    paused: Type.Boolean(),
    next: Type.Array(Instant, { description: 'The next five occurrences; holidays are left out where it skips them.' }),
    lastAt: nullable(Type.String({ format: 'date-time', description: 'The occurrence that last started a case.' })),
    skipped: Type.Integer({ description: 'Occurrences skipped for being too late or on a holiday.' }),
    skippedAt: nullable(Instant),
  },
  { title: 'Schedule' },
);
export const ScheduleList = Type.Object({ items: Type.Array(Schedule) }, { title: 'ScheduleList' });
export const ScheduleRun = Type.Object({ caseId: Uuid }, { title: 'ScheduleRun' });

export const StartState = Type.Enum(['pending', 'done', 'skipped', 'failed', 'discarded'], { title: 'StartState' });
const StartItem = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Also of the case.' }),
    flow: Type.String(),
    title: nullable(Text),
    starter: Type.String(),
    by: Type.Enum(['message', 'schedule', 'record']),
    community: nullable(Uuid),
    key: nullable(Type.String()),
    state: StartState,
    error: nullable(
      Type.Object({
        code: Type.String(),
        errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), code: Type.String() }))),
      }),
    ),
    attempts: Type.Integer(),
    createdAt: Instant,
    endedAt: nullable(Instant),
  },
  { title: 'AutomaticStart' },
);
export const StartPage = page('AutomaticStartPage', StartItem);
