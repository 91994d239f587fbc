/** GET /api/panels: what a role finds on its first page, and a person about themselves. */
import { problems, type App } from '../http.ts';
import { aMinute } from '../security/rates.ts';
import { readPanels } from './panels.ts';
import { Panels, PanelsQuery } from './schemas.ts';

export function panelRoutes(app: App): void {
  app.get(
    '/api/panels',
    {
      schema: {
        tags: ['Panels'],
        summary: 'Short lists for a first page',
        description: 'Declared in content/panels by role; nobody gets one of a role they do not hold.',
        querystring: PanelsQuery,
        response: { 200: Panels, ...problems(401, 422, 429) },
      },
      config: { rateLimit: aMinute(120) },
    },
    async (request) => {
      const { at, community = null } = request.query;
      return { items: await readPanels(app.deps.db, { personId: request.person.id, at, community }) };
    },
  );
}
