/**
 * What every route is written with: the app's type, what it carries, and the few helpers all features share.
 * A feature exports `xRoutes(app: App): void`; server/app.ts lists them. Under /api a session is needed unless the route says
 * `config: { public: true }`.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { Type } from 'typebox';
import type { Locale } from './config.ts';
import type { Deps } from './deps.ts';
import { AppError } from './errors.ts';
import { Problem, uuidPattern } from './schema.ts';

/** Fastify with types from the route schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Who asks. What they may do is asked from the database, in the transaction that does it. */
export interface Person {
  id: string;
  username: string;
  name: string;
  /** Null: the person has chosen none. */
  locale: Locale | null;
}

/** A live session, as the request's token proved it. */
export interface Session {
  person: Person;
  /** SHA-256 of the token. */
  tokenHash: Buffer;
  /** How the token came: only what a browser sends by itself can be forged by another site. */
  via: 'cookie' | 'bearer';
  expiresAt: Date;
}

declare module 'fastify' {
  interface FastifyInstance {
    deps: Deps;
  }
  interface FastifyRequest {
    /** Undefined on public routes when nobody is signed in. */
    session: Session | undefined;
    /** The asking person. @throws AppError unauthenticated, on a public route without a session */
    readonly person: Person;
  }
  interface FastifyContextConfig {
    /** No session needed. */
    public?: boolean;
  }
}

/** Schema of the headers of a route that takes `Idempotency-Key`; the value is read with `readIdempotencyKey`. */
export const CommandHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'UUID, unique for each intention of a person on this route; kept for 7 days.' }),
  ),
});

/**
 * The caller's key for one intention (protocol.md rule 2), in lower case; null when there is none.
 * @throws AppError invalid_idempotency_key
 */
export function readIdempotencyKey(request: FastifyRequest): string | null {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !uuidPattern.test(value)) throw new AppError('invalid_idempotency_key', 422);
  return value.toLowerCase();
}

/** The `route` part of a command's key: method and pattern, never the values in the address. */
export function routeName(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? ''}`;
}

/** 200: applied. 202: kept and sure to happen. */
export function statusOf({ state }: { state: 'done' | 'pending' }): 200 | 202 {
  return state === 'done' ? 200 : 202;
}

/** Problem answers of a route for its `response` schema: `response: { 200: X, ...problems(404, 409) }`. */
export function problems<Status extends number>(...statuses: Status[]): Record<Status, typeof Problem> {
  return Object.fromEntries(statuses.map((status) => [status, Problem])) as Record<Status, typeof Problem>;
}

/** The session itself, for what is about it. @throws AppError unauthenticated */
export function sessionOf(request: FastifyRequest): Session {
  if (request.session === undefined) throw new AppError('unauthenticated', 401);
  return request.session;
}
