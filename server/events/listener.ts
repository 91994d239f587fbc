/** The one LISTEN connection of a process (protocol.md rule 12). It comes back by itself, and says that hints may be missing. */
import pg from 'pg';
import { HINT_CHANNEL, type HintMessage } from '../db/hint.ts';
import type { Log } from '../log.ts';

interface Ears {
  hint(hint: HintMessage): void;
  /** The connection was away: whatever was told meanwhile is lost. */
  gap(): void;
}

const longestWaitMs = 5_000;
const answerMs = 3_000;

export class HintListener {
  readonly #url: string;
  readonly #ears: Ears;
  readonly #log: Log;
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;
  #lost = 0;

  constructor(url: string, ears: Ears, log: Log) {
    this.#url = url;
    this.#ears = ears;
    this.#log = log;
  }

  /** Resolves when the first try is over, good or not; it goes on trying until `stop`. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'guanjia hints',
      connectionTimeoutMillis: 10_000,
    });
    this.#client = client;
    client.on('notification', ({ payload }) => {
      this.#hear(payload);
    });
    client.on('error', (err) => {
      this.#again(client, err);
    });
    client.on('end', () => {
      this.#again(client);
    });
    try {
      await client.connect();
      await client.query(`listen ${HINT_CHANNEL}`);
      if (this.#lost > 0) this.#ears.gap();
      this.#lost = 0;
    } catch (err) {
      this.#again(client, err);
    }
  }

  /** A line can break without a word (a firewall forgets it, a machine is gone): who asks now and then finds out. */
  async check(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const late = setTimeout(() => {
      this.#again(client, new Error(`no answer within ${answerMs} ms`));
    }, answerMs);
    await client.query('select 1').catch((err: unknown) => {
      this.#again(client, err);
    });
    clearTimeout(late);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  #hear(payload: string | undefined): void {
    try {
      this.#ears.hint(JSON.parse(payload ?? '') as HintMessage);
    } catch (err) {
      this.#log.error({ err }, 'a hint that is none');
    }
  }

  /** Both events and the failed start end here; the first one counts. */
  #again(client: pg.Client, err?: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    const waitMs = Math.min(longestWaitMs, 100 * 2 ** this.#lost);
    this.#lost += 1;
    this.#log.warn({ err, waitMs }, 'hints: connection lost');
    this.#retry = setTimeout(() => void this.start(), waitMs);
  }
}
