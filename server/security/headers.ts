/**
 * Headers that tell browsers what this site never does: no foreign scripts, no inline scripts but the one start script of the
 * built interface (by its hash), no frames, no guessing of types.
 */
import helmet from '@fastify/helmet';
import type { App } from '../http.ts';
import { isApi } from './authenticate.ts';

/** `scriptHashes` tells which inline scripts the built page has now; without a page there are none to allow. */
export async function sendSecurityHeaders(app: App, scriptHashes: () => string[]): Promise<void> {
  const isSecure = app.deps.config.cookieSecure;
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: policy(scriptHashes, isSecure) },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  });
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header(
      'permissions-policy',
      'camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()',
    );
    done();
  });
}

/** What the API answers is of this moment and of this person; what may be kept (photos) says so itself. */
export function neverStore(app: App): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (isApi(request) && !reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

type Directive = string | (() => string);

function policy(scriptHashes: () => string[], isSecure: boolean): Record<string, Directive[]> {
  const self = "'self'";
  return {
    'default-src': [self],
    'script-src': [() => [self, ...scriptHashes()].join(' ')],
    'script-src-attr': ["'none'"],
    // Svelte sets positions and transitions through style attributes.
    'style-src': [self, "'unsafe-inline'"],
    'img-src': [self, 'data:', 'blob:'],
    'connect-src': [self],
    'worker-src': [self],
    'manifest-src': [self],
    'object-src': ["'none'"],
    'base-uri': [self],
    'form-action': [self],
    'frame-ancestors': ["'none'"],
    ...(isSecure && { 'upgrade-insecure-requests': [] }),
  };
}
