/** The HTTP side of the server as a table of contents. `buildApp` opens no port: main.ts and tests do, or inject. */
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Deps } from './deps.ts';
import { AppError } from './errors.ts';
import { eventRoutes } from './events/routes.ts';
import { fileRoutes } from './files/routes.ts';
import type { App } from './http.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { answerProblems } from './problems.ts';
import { authenticate, isApi } from './security/authenticate.ts';
import { sendSecurityHeaders } from './security/headers.ts';
import { decorateSessionEnds } from './security/session-ends.ts';
import { createValidatorCompiler } from './security/validation.ts';
import { sessionRoutes } from './sessions/routes.ts';

/** Bodies are forms; photos have their own limit. */
const bodyLimitBytes = 1_048_576;

export interface AppOptions {
  /** The built interface; default: ui/build. */
  uiDir?: string;
}

/** Every route of the product, ready to listen or to be injected into. `app.close()` ends what it opened, not `deps`. */
export async function buildApp(deps: Deps, options: AppOptions = {}): Promise<App> {
  const uiDir = options.uiDir ?? join(import.meta.dirname, '..', 'ui', 'build');
  const app = createApp(deps);
  answerProblems(app);
  await sendSecurityHeaders(app, uiDir);
  await app.register(cookie);
  await limitRates(app);
  neverStore(app);
  authenticate(app);
  decorateSessionEnds(app);
  sessionRoutes(app);
  peopleRoutes(app);
  await fileRoutes(app);
  eventRoutes(app);
  notificationRoutes(app);
  return app;
}

/** What the API answers is of this moment and of this person; what may be kept (photos) says so itself. */
function neverStore(app: App): void {
  app.addHook('onSend', async (request, reply) => {
    if (isApi(request) && !reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
  });
}

/** Only routes that say `config: { rateLimit }` are limited: work is not slowed down, floods are. */
async function limitRates(app: App): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 429, { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}

function createApp(deps: Deps): App {
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: deps.config.trustProxy,
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
  }) as App;
  app.decorate('deps', deps);
  app.setValidatorCompiler(createValidatorCompiler());
  app.removeContentTypeParser('text/plain');
  return app;
}
