/** Calendars for who holds calendar.publish: reading, publishing the next version, importing a year, what a change has moved. */
import { Type, type Static } from 'typebox';
import { asPerson, type Tx } from '../db/as.ts';
import { problemsOfCalendarDefinition, publishCalendar } from '../definitions/calendars.ts';
import type { FieldError } from '../errors.ts';
import { AppError } from '../errors.ts';
import { problems, type App, type Person } from '../http.ts';
import { languageOf, type Asking } from '../language.ts';
import { withSentence } from '../problems.ts';
import { assertMay } from '../security/may.ts';
import { findCalendars, findCalendarVersions, getCalendar, getCalendarVersion, readMoves } from './calendars.ts';
import { importYear } from './import-year.ts';
import {
  CalendarBody,
  CalendarCheckBody,
  CalendarDetail,
  CalendarKey,
  CalendarMoves,
  CalendarProblems,
  CalendarPublished,
  Calendars,
  CalendarVersion,
  CalendarVersions,
  CalendarYearBody,
  CalendarYearParams,
  CalendarYearReport,
} from './schemas.ts';

const tags = ['Calendars'];
const params = Type.Object({ key: CalendarKey });
const versionParams = Type.Object({ key: CalendarKey, version: Type.Integer({ minimum: 1, maximum: 1_000_000 }) });
const failures = problems(401, 403, 404, 422);

export function calendarRoutes(app: App): void {
  readRoutes(app);
  versionRoutes(app);
  changeRoutes(app);
  importRoute(app);
}

/** Runs for somebody who may publish calendars. @throws AppError forbidden */
function asKeeper<T>(app: App, person: Person, run: (tx: Tx) => Promise<T>): Promise<T> {
  return asPerson(app.deps.db, person.id, async (tx) => {
    await assertMay(tx, 'calendar.publish');
    return run(tx);
  });
}

function told(app: App, request: Asking, found: readonly FieldError[]): ReturnType<typeof withSentence>[] {
  const language = languageOf(request, app.deps.config.locale);
  return found.map((each) => withSentence(each, language));
}

function readRoutes(app: App): void {
  app.get(
    '/api/calendars',
    { schema: { tags, summary: 'Working calendars and who uses them', response: { 200: Calendars, ...failures } } },
    (request) => asKeeper(app, request.person, async (tx) => ({ items: await findCalendars(tx, new Date()) })),
  );
  app.get(
    '/api/calendars/:key',
    { schema: { tags, summary: 'A calendar as it is now', params, response: { 200: CalendarDetail, ...failures } } },
    (request) =>
      asKeeper(app, request.person, async (tx): Promise<Static<typeof CalendarDetail>> => {
        const { definition, ...calendar } = await getCalendar(tx, new Date(), request.params.key);
        return { calendar, definition: { ...definition } };
      }),
  );
}

function versionRoutes(app: App): void {
  app.get(
    '/api/calendars/:key/versions',
    { schema: { tags, summary: 'Versions of a calendar', params, response: { 200: CalendarVersions, ...failures } } },
    (request) =>
      asKeeper(app, request.person, async (tx) => ({ items: await findCalendarVersions(tx, request.params.key) })),
  );
  app.get(
    '/api/calendars/:key/versions/:version',
    {
      schema: {
        tags,
        summary: 'A version as it was',
        params: versionParams,
        response: { 200: CalendarVersion, ...failures },
      },
    },
    (request) =>
      asKeeper(app, request.person, async (tx) => {
        const { key, version } = request.params;
        return { key, version, definition: { ...(await getCalendarVersion(tx, key, version)) } };
      }),
  );
  app.get(
    '/api/calendars/:key/versions/:version/moves',
    {
      schema: {
        tags,
        summary: 'What a version has done to open due times',
        params: versionParams,
        response: { 200: CalendarMoves, ...failures },
      },
    },
    async (request) => {
      const { key, version } = request.params;
      await asKeeper(app, request.person, (tx) => getCalendarVersion(tx, key, version));
      // Counted over all cases, whoever may read them.
      return app.deps.adminDb.transaction().execute((tx) => readMoves(tx, key, version));
    },
  );
}

function changeRoutes(app: App): void {
  app.post(
    '/api/calendars/:key/check',
    {
      schema: {
        tags,
        summary: 'What would keep a definition from being published',
        params,
        body: CalendarCheckBody,
        response: { 200: CalendarProblems, ...failures },
      },
    },
    (request) =>
      asKeeper(app, request.person, () => {
        const found = problemsOfCalendarDefinition(request.body.definition);
        return Promise.resolve({ problems: told(app, request, found) });
      }),
  );
  app.put(
    '/api/calendars/:key',
    {
      schema: {
        tags,
        summary: 'Publish the next version of a calendar, or a new one',
        description: 'Open due times of running cases are reckoned again, one case after the other.',
        params,
        body: CalendarBody,
        response: { 200: CalendarPublished, ...failures },
      },
    },
    async (request) => {
      const { definition, note } = request.body;
      await asKeeper(app, request.person, () => Promise.resolve());
      if (definition.key !== request.params.key)
        throw new AppError('invalid_calendar', 422, {}, [{ path: '/definition/key', code: 'change_incompatible' }]);
      return publishCalendar(app.deps.adminDb, definition, { note, by: request.person.id });
    },
  );
}

function importRoute(app: App): void {
  app.post(
    '/api/calendars/:key/years/:year',
    {
      schema: {
        tags,
        summary: 'Import the days off and swapped workdays of a year, as CSV or JSON',
        description: 'Replaces the list of that year. Problems are told by line; then nothing is changed.',
        params: CalendarYearParams,
        body: CalendarYearBody,
        response: { 200: CalendarYearReport, ...failures },
      },
    },
    async (request): Promise<Static<typeof CalendarYearReport>> => {
      const { key, year } = request.params;
      const calendar = await asKeeper(app, request.person, (tx) => getCalendar(tx, new Date(), key));
      const report = await importYear(app.deps.adminDb, calendar.definition, {
        ...request.body,
        year,
        by: request.person.id,
      });
      return { ...report, problems: told(app, request, report.problems) };
    },
  );
}
