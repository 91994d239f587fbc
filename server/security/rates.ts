/** Only routes that say `config: { rateLimit }` are limited: work is not slowed down, floods are. */
import rateLimit from '@fastify/rate-limit';
import { AppError } from '../errors.ts';
import type { App } from '../http.ts';

export async function limitRates(app: App): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 429, { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  });
}
