/**
 * Requests that change something must come from our own pages. What a browser sends by itself (the cookie) needs a header that
 * only a page of this origin can set; and whatever a browser says about where a request comes from must agree.
 */
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config.ts';
import { AppError } from '../errors.ts';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws AppError csrf */
export function assertSameSite(request: FastifyRequest): void {
  if (safe.has(request.method)) return;
  const isForgeable = request.session?.via === 'cookie';
  if (isForgeable && request.headers['x-guanjia'] !== '1') throw new AppError('csrf', 403);
  // A Bearer token proves itself; signing in has no session yet, but must not be done by another site either.
  if (request.session?.via !== 'bearer' && !comesFromHere(request)) throw new AppError('csrf', 403);
}

/** Programs other than browsers send neither header. */
function comesFromHere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = request.headers;
  return origin === undefined || isOwnOrigin(origin, request);
}

function isOwnOrigin(origin: string, request: FastifyRequest): boolean {
  const { publicUrl } = request.server.deps.config;
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  // Without an address of one's own anybody's name may be made to point here: only names of this machine are believed.
  if (!URL.canParse(origin)) return false;
  const { host, hostname } = new URL(origin);
  return host === request.headers.host && isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}
