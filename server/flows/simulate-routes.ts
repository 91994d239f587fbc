/** Playing a flow through before it is published, for who may publish it. */
import { Type } from 'typebox';
import { problems, type App } from '../http.ts';
import { languageOf } from '../language.ts';
import { aMinute } from '../security/rates.ts';
import { simulateFlow } from '../simulation/index.ts';
import { SimulateBody, Simulation } from '../simulation/schemas.ts';

export function simulateRoutes(app: App): void {
  app.post(
    '/api/flows/:key/simulate',
    {
      schema: {
        tags: ['Flows'],
        summary: 'Play a flow through without doing anything',
        description:
          'The engine itself on a virtual clock, people looked up as they are now. Activities and notifications are listed and never run; nothing is written. A definition that could not be published is refused as publishing it would be.',
        params: Type.Object({ key: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }) }),
        body: SimulateBody,
        response: { 200: Simulation, ...problems(401, 403, 404, 422, 429) },
      },
      config: { rateLimit: aMinute(60) },
    },
    (request) =>
      simulateFlow(app.deps, {
        person: request.person.id,
        language: languageOf(request, app.deps.config.locale),
        key: request.params.key,
        body: request.body,
      }),
  );
}
