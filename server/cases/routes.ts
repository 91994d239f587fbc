/** Reading cases: lists and one case with all that belongs to it. */
import { sql, type RawBuilder } from 'kysely';
import { Type, type Static } from 'typebox';
import { selectCaseItems, toCaseItems, type CaseItemRow } from '../case-views/case-items.ts';
import type { Language } from '../case-views/task-items.ts';
import { decodeCursor, isInstant, isUuid, toPage } from '../cursor.ts';
import { asPerson } from '../db/as.ts';
import { problems, type App } from '../http.ts';
import { languageOf } from '../language.ts';
import { Cursor, Uuid } from '../schema.ts';
import { trialRate } from '../security/rates.ts';
import { forecastCase } from '../simulation/index.ts';
import { Forecast } from '../simulation/schemas.ts';
import { caseActRoutes } from './act-routes.ts';
import { readCase } from './detail.ts';
import { caseSearchRoutes } from './search/routes.ts';
import { CaseDetail, CasePage, CaseStatus } from './schemas.ts';

const tags = ['Cases'];
const CaseQuery = Type.Object(
  {
    view: Type.Enum(['started', 'all'], {
      default: 'all',
      description: 'started: by the asking person. all: every case they may see.',
    }),
    flow: Type.Optional(Type.String({ maxLength: 40 })),
    status: Type.Optional(CaseStatus),
    community: Type.Optional(Uuid),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);

export function caseRoutes(app: App): void {
  app.get(
    '/api/cases',
    {
      schema: {
        tags,
        summary: 'Cases, newest first',
        querystring: CaseQuery,
        response: { 200: CasePage, ...problems(401, 422) },
      },
    },
    (request) =>
      listCases(app, request.person.id, {
        ...request.query,
        language: languageOf(request, app.deps.config.locale),
      }),
  );
  app.get(
    '/api/cases/:id',
    {
      schema: {
        tags,
        summary: 'One case: record, tasks, timeline, position',
        params: Type.Object({ id: Uuid }),
        response: { 200: CaseDetail, ...problems(401, 404, 422) },
      },
    },
    (request) => {
      const language = languageOf(request, app.deps.config.locale);
      return readCase(app.deps.db, request.params.id, { person: request.person.id, language });
    },
  );
  forecastRoute(app);
  caseActRoutes(app);
  caseSearchRoutes(app);
}

function forecastRoute(app: App): void {
  app.get(
    '/api/cases/:id/forecast',
    {
      schema: {
        tags,
        summary: 'Who comes next, were everybody to go the first way on',
        description: 'The engine plays the case on from where it stands. Nothing is written.',
        params: Type.Object({ id: Uuid }),
        response: { 200: Forecast, ...problems(401, 404, 422, 429) },
      },
      config: { rateLimit: trialRate },
    },
    (request) => forecastCase(app.deps, request.params.id, request.person.id),
  );
}

async function listCases(
  { deps: { db } }: App,
  person: string,
  { view, cursor, limit, language, ...filter }: Static<typeof CaseQuery> & { language: Language },
): Promise<Static<typeof CasePage>> {
  const conditions = [sql`${view === 'all'} or c.initiator = current_person()`, ...filters(filter), ...after(cursor)];
  return asPerson(db, person, async (tx) => {
    const { rows } = await sql<CaseItemRow>`${selectCaseItems}
      where ${sql.join(
        conditions.map((each) => sql`(${each})`),
        sql` and `,
      )}
      order by c.started_at desc, c.id desc limit ${limit + 1}`.execute(tx);
    const items = await toCaseItems(db, tx, rows.slice(0, limit), language);
    const { next } = toPage(rows, limit, { item: (row) => row, key: (row) => [row.started_at.toISOString(), row.id] });
    return { items, next };
  });
}

type Filter = Pick<Static<typeof CaseQuery>, 'flow' | 'status' | 'community'>;

function filters({ flow, status, community }: Filter): RawBuilder<unknown>[] {
  return [
    ...(flow === undefined ? [] : [sql`c.flow = ${flow}`]),
    ...(status === undefined ? [] : [sql`c.status = ${status}`]),
    ...(community === undefined ? [] : [sql`c.community_id = ${community}`]),
  ];
}

function after(cursor: string | undefined): RawBuilder<unknown>[] {
  if (cursor === undefined) return [];
  const [at, id] = decodeCursor(cursor, isInstant, isUuid);
  return [sql`(c.started_at, c.id) < (${at}::timestamptz, ${id}::uuid)`];
}
