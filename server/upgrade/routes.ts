/** GET /api/upgrade: what to look at before another version is started; docs/upgrade.md says what to make of it. */
import { asPerson } from '../db/as.ts';
import { problems, type App } from '../http.ts';
import { assertMay } from '../security/may.ts';
import { readUpgrade } from './facts.ts';
import { Upgrade } from './schemas.ts';

export function upgradeRoutes(app: App): void {
  app.get(
    '/api/upgrade',
    {
      schema: {
        tags: ['Operation'],
        summary: 'Versions, keys and backups',
        description: 'For whoever runs the server; needs the right system.read in the whole company.',
        response: { 200: Upgrade, ...problems(401, 403) },
      },
    },
    async (request) => {
      await asPerson(app.deps.db, request.person.id, (tx) => assertMay(tx, 'system.read'));
      return readUpgrade(app.deps);
    },
  );
}
