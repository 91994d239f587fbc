/**
 * The built interface: files by their names, and the one page for every address that is a place inside it. Files under
 * _app/immutable carry a hash in their name and are kept for ever; all others are asked for again each time.
 */
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { AppError } from './errors.ts';
import type { App } from './http.ts';
import { sendProblem } from './problems.ts';
import type { BuiltPage } from './static-page.ts';

const forever = 'public, max-age=31536000, immutable';

/** Last of all: it answers what nothing else does. */
export async function servePages(app: App, uiDir: string, page: () => BuiltPage): Promise<void> {
  const isBuilt = existsSync(uiDir);
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: uiDir,
      wildcard: true,
      index: false,
      // The page itself is sent from memory, with the server's language in it.
      allowedPath: (path) => path !== '/' && path !== '/index.html',
      preCompressed: true,
      cacheControl: false,
      schemaHide: true,
      setHeaders: (reply, path) => {
        void reply.header('cache-control', path.includes('/_app/immutable/') ? forever : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) =>
    isBuilt && isPage(request) ? sendPage(reply, page()) : notFound(request, reply),
  );
}

/** A place inside the interface: asked for to be looked at, with no ending that says "file". */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  // The service worker fetches it by its name, to keep it for when there is no network.
  if (path === '/index.html') return true;
  const wantsPage = request.headers.accept?.includes('text/html') ?? true;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && wantsPage && !/^\/(api|_app|metrics|healthz|readyz)(\/|$)/.test(path) && !/\.\w+$/.test(path);
}

function sendPage(reply: FastifyReply, { html }: BuiltPage): FastifyReply {
  return reply.code(200).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, new AppError('not_found', 404));
}
