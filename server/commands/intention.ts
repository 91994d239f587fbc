/** From a request to an intention: who, under which key, and the hash that knows the same request again. */
import type { FastifyRequest } from 'fastify';
import { readIdempotencyKey, routeName } from '../http.ts';
import { sha256 } from './canonical.ts';
import type { Intention } from './types.ts';

/** @throws AppError invalid_idempotency_key */
export function intentionOf(request: FastifyRequest): Intention {
  return {
    person: request.person.id,
    key: { key: readIdempotencyKey(request), route: routeName(request) },
    requestHash: sha256({ params: request.params ?? null, body: request.body ?? null }),
  };
}
