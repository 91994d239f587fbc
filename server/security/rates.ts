/** Only routes that say `config: { rateLimit }` are limited: work is not slowed down, floods are. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { App } from '../http.ts';

/** For what screens ask while somebody types, a person a minute. */
export const trialRate = {
  max: 240,
  timeWindow: 60_000,
  keyGenerator: ({ person }: FastifyRequest): string => person.id,
};

export async function limitRates(app: App): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 429, { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}
