/** The HTTP side of the server as a table of contents. `buildApp` opens no port: main.ts and tests do, or inject. */
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Deps } from './deps.ts';
import type { App } from './http.ts';
import { answerProblems } from './problems.ts';
import { authenticate } from './security/authenticate.ts';
import { sendSecurityHeaders } from './security/headers.ts';
import { createValidatorCompiler } from './security/validation.ts';

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
  authenticate(app);
  return app;
}

function createApp(deps: Deps): App {
  const app = Fastify({
    loggerInstance: deps.log as unknown as FastifyBaseLogger,
    disableRequestLogging: true,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: deps.config.trustProxy,
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
  }) as unknown as App;
  app.decorate('deps', deps);
  app.setValidatorCompiler(createValidatorCompiler());
  app.removeContentTypeParser('text/plain');
  return app;
}
