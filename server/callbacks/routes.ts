/** Where services outside call back. No session: who has the address was given it by a step of a flow. */
import { receiveCallback } from '../commands/callbacks/receive.ts';
import { wake } from '../commands/callbacks/wake.ts';
import { problems, type App } from '../http.ts';
import { CallbackBody, CallbackParams, CallbackTaken } from './schemas.ts';

const bodyLimitBytes = 65_536;
/** By address of the caller: a gateway that speaks for many is let through, guessing is not. */
const rateLimit = { max: 300, timeWindow: 60_000 };

export function callbackRoutes(app: App): void {
  app.post(
    '/api/callbacks/:token',
    {
      config: { public: true, rateLimit },
      bodyLimit: bodyLimitBytes,
      schema: {
        tags: ['Automation'],
        summary: 'Answer a step of a flow that waits for a call back',
        description:
          'The address comes with the request of an `http.callback` step and works once: the same body again is answered alike, another one with 410, as after the time limit or when the case went on without it.',
        security: [],
        params: CallbackParams,
        body: CallbackBody,
        response: { 200: CallbackTaken, ...problems(400, 404, 410, 413, 415, 422, 429) },
      },
    },
    async ({ params: { token }, body }) => {
      const of = await receiveCallback(app.deps, token, body);
      // Nobody waits for it: what is lost here the sweep tells.
      void wake(app.deps, of);
      return { state: 'received' as const };
    },
  );
}
