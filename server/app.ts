/** The HTTP side of the server as a table of contents. `buildApp` opens no port: main.ts and tests do, or inject. */
import cookie from '@fastify/cookie';
import Fastify, { LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { logRequests } from './access-log.ts';
import { overviewRoutes } from './cases/overview/routes.ts';
import { calendarRoutes } from './calendars/routes.ts';
import { callbackRoutes } from './callbacks/routes.ts';
import { caseRoutes } from './cases/routes.ts';
import type { Deps } from './deps.ts';
import { eventRoutes } from './events/routes.ts';
import { fileRoutes } from './files/routes.ts';
import { flowBpmnRoutes } from './flows/bpmn-routes.ts';
import { flowDefinitionRoutes } from './flows/definition-routes.ts';
import { flowRoutes } from './flows/routes.ts';
import { draftRoutes } from './forms/draft-routes.ts';
import { formRoutes } from './forms/routes.ts';
import { healthRoutes } from './health/routes.ts';
import type { App } from './http.ts';
import { measure } from './metrics.ts';
import { messageRoutes } from './messages/routes.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { describeApi } from './openapi.ts';
import { outboundRoutes } from './outbound/routes.ts';
import { panelRoutes } from './panels/routes.ts';
import { roleRoutes } from './people/roles/routes.ts';
import { handOverRoutes } from './people/hand-over/routes.ts';
import { substitutionRoutes } from './people/substitutions/routes.ts';
import { questionRoutes } from './tasks/questions/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { toTrust } from './proxies.ts';
import { printRoutes } from './print/routes.ts';
import { recordRoutes } from './records/routes.ts';
import { answerProblem, answerProblems } from './problems.ts';
import { authenticate } from './security/authenticate.ts';
import { checkBodies } from './security/bodies.ts';
import { neverStore, sendSecurityHeaders } from './security/headers.ts';
import { limitRates } from './security/rates.ts';
import { decorateSessionEnds } from './security/session-ends.ts';
import { createValidatorCompiler } from './security/validation.ts';
import { startRoutes } from './starts/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { watchBuiltPage } from './static-page.ts';
import { servePages } from './static.ts';
import { taskRoutes } from './tasks/routes.ts';
import { upgradeRoutes } from './upgrade/routes.ts';

/** Bodies are forms; photos have their own limit. */
const bodyLimitBytes = 1_048_576;
/** A photo over a slow phone line gets through; who sends a byte now and then does not hold a connection for ever. */
const requestTimeoutMs = 180_000;

export interface AppOptions {
  /** The built interface; default: ui/build. */
  uiDir?: string;
}

/** Every route of the product, ready to listen or to be injected into. `app.close()` ends what it opened, not `deps`. */
export async function buildApp(deps: Deps, options: AppOptions = {}): Promise<App> {
  const uiDir = options.uiDir ?? join(import.meta.dirname, '..', 'ui', 'build');
  const app = createApp(deps);
  logRequests(app);
  answerProblems(app);
  const page = watchBuiltPage(uiDir, deps.config.locale);
  await sendSecurityHeaders(app, () => page().scriptHashes);
  await app.register(cookie);
  await limitRates(app);
  neverStore(app);
  authenticate(app);
  checkBodies(app);
  decorateSessionEnds(app);
  await describeApi(app);
  measure(app);
  await addRoutes(app);
  await servePages(app, uiDir, page);
  return app;
}

async function addRoutes(app: App): Promise<void> {
  healthRoutes(app);
  sessionRoutes(app);
  peopleRoutes(app);
  substitutionRoutes(app);
  handOverRoutes(app);
  questionRoutes(app);
  roleRoutes(app);
  await fileRoutes(app);
  eventRoutes(app);
  notificationRoutes(app);
  outboundRoutes(app);
  startRoutes(app);
  messageRoutes(app);
  callbackRoutes(app);
  taskRoutes(app);
  caseRoutes(app);
  overviewRoutes(app);
  panelRoutes(app);
  printRoutes(app);
  calendarRoutes(app);
  flowRoutes(app);
  flowDefinitionRoutes(app);
  flowBpmnRoutes(app);
  formRoutes(app);
  draftRoutes(app);
  recordRoutes(app);
  upgradeRoutes(app);
}

function createApp(deps: Deps): App {
  const app: App = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: toTrust(deps.config.trustProxy),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => {
      void answerProblem(error, request, reply);
    },
  });
  app.decorate('deps', deps);
  app.setValidatorCompiler(createValidatorCompiler());
  app.removeContentTypeParser('text/plain');
  return app;
}
