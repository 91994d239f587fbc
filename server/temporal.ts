/** The server's client of Temporal, with the payload codec of the configured keys. */
import { Client, Connection } from '@temporalio/client';
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
  const connection = Connection.lazy({ address: temporalAddress });
  const client = new Client({ connection, namespace: temporalNamespace, dataConverter: createDataConverter(codec) });
  return { client, codec, close: () => connection.close() };
}
