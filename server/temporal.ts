/** The server's client of Temporal, with the payload codec of the configured keys. */
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCodec, createDataConverter, type KeyedCodec } from './codec.ts';
import type { Config } from './config.ts';

export interface Temporal {
  client: Client;
  /** Knows which keys payloads asked for in vain (`/readyz`). */
  codec: KeyedCodec;
  close(): Promise<void>;
}

type Where = Pick<Config, 'temporalAddress' | 'temporalNamespace' | 'codecKeys'>;

/** Connects when it is first used and again after Temporal was away, so that the API starts and answers without it. */
export function connectTemporal({ temporalAddress, temporalNamespace, codecKeys }: Where): Temporal {
  const codec = createCodec(codecKeys);
  const retries = endableRetries();
  const connection = Connection.lazy({ address: temporalAddress, interceptors: [retries.interceptor] });
  const client = new Client({ connection, namespace: temporalNamespace, dataConverter: createDataConverter(codec) });
  const close = async (): Promise<void> => {
    await retries.end();
    await connection.close();
  };
  return { client, codec, close };
}

/**
 * The client's usual retries, with an end. NOTE: @temporalio/client 1.24 leaves a waiting retry's timer alone when the connection
 * closes, and its next try on the closed channel throws where nobody can catch it; so the last one is let happen first.
 */
function endableRetries(): { interceptor: ReturnType<typeof makeGrpcRetryInterceptor>; end(): Promise<void> } {
  const usual = defaultGrpcRetryOptions();
  let hasEnded = false;
  let lastRetryAt = 0;
  const interceptor = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !hasEnded && usual.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = usual.delayFunction(attempt, status);
      lastRetryAt = Math.max(lastRetryAt, Date.now() + delayMs);
      return delayMs;
    },
  });
  const end = async (): Promise<void> => {
    hasEnded = true;
    const waitMs = lastRetryAt - Date.now();
    if (waitMs > 0) await sleep(waitMs + 50);
  };
  return { interceptor, end };
}
