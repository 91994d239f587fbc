/**
 * Who asks: proves the request's token before its body is read. A Bearer token wins over a cookie and never falls back to one,
 * so that a request cannot escape the CSRF check by adding a header of its own.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Db } from '../db/as.ts';
import { AppError } from '../errors.ts';
import type { App, Person, Session } from '../http.ts';
import { assertSameSite } from './csrf.ts';

const hourMs = 3_600_000;
/** A session ends after so long without use, … */
export const idleMs = 14 * 24 * hourMs;
/** … and in any case so long after signing in. */
const longestMs = 90 * 24 * hourMs;

/** Decorates requests with `session` and `person`, and refuses what needs a session and has none. */
export function authenticate(app: App): void {
  app.decorateRequest('session', undefined);
  app.decorateRequest('person', {
    getter(this: FastifyRequest): Person {
      if (this.session === undefined) throw new AppError('unauthenticated', 401);
      return this.session.person;
    },
  });
  app.addHook('onRequest', async (request) => {
    if (!isApi(request)) return;
    const isPublic = request.routeOptions.config.public === true;
    const token = readToken(request);
    if (token !== undefined) request.session = await findSession(request, token);
    if (request.session === undefined && !isPublic) throw new AppError('unauthenticated', 401);
    assertSameSite(request);
  });
}

/** `__Host-`: only this host, only over HTTPS, for the whole site. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-guanjia' : 'guanjia';
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** By the route that will answer, not only by the address: `/%61pi/tasks` reaches the same route as `/api/tasks`. */
export function isApi(request: FastifyRequest): boolean {
  return [request.routeOptions.url, request.url].some((path) => path !== undefined && /^\/api(?:[/?]|$)/.test(path));
}

interface Token {
  value: string;
  via: Session['via'];
}

function readToken(request: FastifyRequest): Token | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    return { value: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '', via: 'bearer' };
  }
  const value = request.cookies[cookieName(request.server.deps.config.cookieSecure)];
  return value === undefined || value === '' ? undefined : { value, via: 'cookie' };
}

async function findSession(request: FastifyRequest, token: Token): Promise<Session | undefined> {
  const { db } = request.server.deps;
  const tokenHash = hashToken(token.value);
  const row = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select(['person.id', 'person.username', 'person.display_name', 'person.locale'])
    .select(['session.expires_at', 'session.created_at', 'session.last_seen_at'])
    .where('session.token_hash', '=', tokenHash)
    .where('session.expires_at', '>', new Date())
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const expiresAt = isStale(row.last_seen_at) ? await prolong(db, tokenHash, row.created_at) : row.expires_at;
  const person = { id: row.id, username: row.username, name: row.display_name, locale: row.locale };
  return { person, tokenHash, via: token.via, expiresAt };
}

/** Once an hour is enough, and spares a write with every read. */
function isStale(lastSeenAt: Date): boolean {
  return Date.now() - lastSeenAt.getTime() > hourMs;
}

async function prolong(db: Db, tokenHash: Buffer, createdAt: Date): Promise<Date> {
  const now = Date.now();
  const expiresAt = new Date(Math.min(now + idleMs, createdAt.getTime() + longestMs));
  await db
    .updateTable('session')
    .set({ last_seen_at: new Date(now), expires_at: expiresAt })
    .where('token_hash', '=', tokenHash)
    .execute();
  return expiresAt;
}
