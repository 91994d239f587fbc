/** GET /api/overview: the first page of those who look after more than their own tasks. */
import { asReader } from '../../db/as.ts';
import { problems, type App } from '../../http.ts';
import { assertMayAnywhere } from '../../security/may.ts';
import { aMinute } from '../../security/rates.ts';
import { readOverview } from './overview.ts';
import { Overview, OverviewQuery } from './schemas.ts';

export function overviewRoutes(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/overview',
    {
      schema: {
        tags: ['Cases'],
        summary: 'What waits where and with whom',
        description: 'Needs the verb overview.read; counts only what the person may see.',
        querystring: OverviewQuery,
        response: { 200: Overview, ...problems(401, 403, 422, 429) },
      },
      config: { rateLimit: aMinute(120) },
    },
    (request) =>
      asReader(db, request.person.id, async (tx) => {
        await assertMayAnywhere(tx, 'overview.read');
        return readOverview(db, tx, request.query.community ?? null);
      }),
  );
}
