/** Working calendars: what flows count due times in, kept by administrators. */
import { Type } from 'typebox';
import { Count, Instant, nullable, PersonRef, ProblemPath, Text } from '../schema.ts';

export const CalendarKey = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });
const Year = Type.Integer({ minimum: 1900, maximum: 2199 });
const Definition = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A calendar (workflows/engine/calendar/calendar.schema.json).',
});
const Note = Type.String({ minLength: 1, maxLength: 400, description: 'What changed, for the list of versions.' });

export const CalendarItem = Type.Object(
  {
    key: Type.String(),
    title: Text,
    description: nullable(Text),
    version: Type.Integer(),
    keepsHolidays: Type.Boolean({ description: 'False: work goes on on public holidays, and no list is needed.' }),
    years: Type.Array(Type.Integer(), { description: 'Years whose days off are known.' }),
    missing: Type.Array(Type.Integer(), {
      description:
        'Years that a flow reckons with and whose days off are not known: this year, from November on the next.',
    }),
    flows: Type.Array(Type.Object({ key: Type.String(), title: Text }, { title: 'CalendarFlow' }), {
      description: 'Whose current version names it.',
    }),
    communities: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, { title: 'CalendarCommunity' }), {
      description: 'With cases that run by it.',
    }),
    running: Type.Integer({ description: 'Cases that run by it.' }),
  },
  { title: 'CalendarItem' },
);
export const Calendars = Type.Object({ items: Type.Array(CalendarItem) }, { title: 'Calendars' });
export const CalendarDetail = Type.Object(
  { calendar: CalendarItem, definition: Definition },
  { title: 'CalendarDetail' },
);
export const CalendarVersions = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          version: Type.Integer(),
          note: nullable(Type.String()),
          publishedBy: nullable(PersonRef),
          publishedAt: Instant,
          current: Type.Boolean(),
        },
        { title: 'CalendarVersionItem' },
      ),
    ),
  },
  { title: 'CalendarVersions' },
);
export const CalendarVersion = Type.Object(
  { key: Type.String(), version: Type.Integer(), definition: Definition },
  { title: 'CalendarVersion' },
);
export const CalendarBody = Type.Object(
  { definition: Definition, note: Note },
  { title: 'CalendarBody', additionalProperties: false },
);
export const CalendarCheckBody = Type.Object(
  { definition: Definition },
  { title: 'CalendarCheckBody', additionalProperties: false },
);
export const CalendarProblems = Type.Object({ problems: Type.Array(ProblemPath) }, { title: 'CalendarProblems' });
export const CalendarPublished = Type.Object(
  {
    key: Type.String(),
    version: Type.Integer(),
    isNew: Type.Boolean({ description: 'False: the current version says just this.' }),
    cases: Type.Integer({ description: 'Running cases whose due times are reckoned again.' }),
  },
  { title: 'CalendarPublished' },
);
export const CalendarYearParams = Type.Object({ key: CalendarKey, year: Year });
export const CalendarYearBody = Type.Object(
  {
    csv: Type.Optional(
      Type.String({
        maxLength: 50_000,
        description:
          'A line a day or a span of days, with the columns `kind` (holiday or workday), `from`, `to` (may be empty), `name` and `name_en` (may be left out).',
      }),
    ),
    list: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'The same as JSON: a year of a calendar’s definition.',
      }),
    ),
    source: Type.Optional(Type.String({ maxLength: 300, description: 'Where the list comes from.' })),
    note: Type.Optional(Note),
    dryRun: Type.Boolean({ description: 'True: only says what would come of it.' }),
  },
  { title: 'CalendarYearBody', additionalProperties: false },
);
/** Nothing is changed where there are problems, and by a dry run. */
export const CalendarYearReport = Type.Object(
  {
    year: Type.Integer(),
    daysOff: Type.Integer(),
    daysWorked: Type.Integer({ description: 'Instead of a day off.' }),
    replaces: Type.Boolean({ description: 'The calendar has a list of this year already.' }),
    problems: Type.Array(ProblemPath),
    published: nullable(CalendarPublished),
  },
  { title: 'CalendarYearReport' },
);
export const CalendarMoves = Type.Object(
  {
    version: Type.Integer(),
    pending: Type.Integer({ description: 'Cases that have not heard of it yet.' }),
    done: Type.Integer(),
    refused: Type.Integer({ description: 'Cases that were over, or had it already.' }),
    moved: Count({ minimum: 0, description: 'Due times that came to lie elsewhere.' }),
    items: Type.Array(
      Type.Object(
        {
          caseId: Type.String(),
          number: Type.String(),
          task: Type.String(),
          step: Type.String(),
          from: Instant,
          to: Instant,
        },
        { title: 'CalendarMove' },
      ),
      { description: 'The first 200 of them.' },
    ),
  },
  { title: 'CalendarMoves' },
);
