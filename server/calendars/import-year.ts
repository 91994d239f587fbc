/** A year's list for a calendar, from CSV or JSON: checked as a whole, told before it is done. */
import type { Static } from 'typebox';
import type { Calendar, Year } from '../../workflows/engine/calendar/calendar.gen.ts';
import { dayOfDate } from '../../workflows/engine/calendar/zone.ts';
import type { Db } from '../db/as.ts';
import { problemsOfCalendarDefinition, publishCalendar } from '../definitions/calendars.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { CalendarYearBody, CalendarYearReport } from './schemas.ts';
import { parseYearCsv } from './year-csv.ts';

type Report = Omit<Static<typeof CalendarYearReport>, 'problems'> & { problems: FieldError[] };

interface Import extends Static<typeof CalendarYearBody> {
  year: number;
  by: string;
}

/** @throws AppError invalid_request where there is not exactly one list */
export async function importYear(adminDb: Db, calendar: Calendar, given: Import): Promise<Report> {
  const { year, source, note, by, dryRun } = given;
  const { list, problems: unread } = readList(given);
  const { $schema: _schema, ...rest } = calendar;
  const named = { ...list, ...(source === undefined ? {} : { source }) };
  const definition = { ...rest, years: { ...calendar.years, [year]: named } };
  const problems = unread.length > 0 ? unread : problemsOfCalendarDefinition(definition);
  const isGood = problems.length === 0;
  return {
    year,
    daysOff: isGood ? countDays(named) : 0,
    daysWorked: isGood ? named.worked.length : 0,
    replaces: Object.hasOwn(calendar.years, String(year)),
    problems,
    published:
      isGood && !dryRun ? await publishCalendar(adminDb, definition, { note: note ?? String(year), by }) : null,
  };
}

function readList({ csv, list }: Import): { list: Year; problems: FieldError[] } {
  if ((csv === undefined) === (list === undefined))
    throw new AppError('invalid_request', 422, {}, [{ path: '/csv', code: 'one_list' }]);
  if (csv !== undefined) return parseYearCsv(csv);
  // Whatever was sent: the calendar's schema says what is wrong with it.
  return { list: list as unknown as Year, problems: [] };
}

function countDays({ holidays }: Year): number {
  return holidays.reduce((sum, { from, to }) => sum + dayOfDate(to) - dayOfDate(from) + 1, 0);
}
