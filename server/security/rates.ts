/** Only routes that say `config: { rateLimit }` are limited: work is not slowed down, floods are. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { App } from '../http.ts';

interface Rate {
  max: number;
  timeWindow: number;
  keyGenerator: (request: FastifyRequest) => string;
}

/** So many requests a person and minute. */
export const aMinute = (max: number): Rate => ({ max, timeWindow: 60_000, keyGenerator: ({ person }) => person.id });

/** For what screens ask while somebody types. */
export const trialRate = aMinute(240);

export async function limitRates(app: App): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 429, { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}
