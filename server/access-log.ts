/** One line a request when it is answered: who asked for what is not in it, only which route, how it went and how long it took. */
import type { App } from './http.ts';

/** Asked for all the time by machines. */
const quiet = new Set(['/healthz', '/readyz', '/metrics']);

export function logRequests(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const line = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (quiet.has(route)) request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
    done();
  });
}
