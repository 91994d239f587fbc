/**
 * Sends what waits in `outbound`, a few at a time, in every process that works. In demo mode nothing leaves the machine: no channel is
 * opened, and rows become `shown` for the outbox page.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import { DeliveryError, type Channel, type Message } from './channel.ts';
import { openMail } from './mail.ts';
import { openRobots } from './robots.ts';
import { leaseDue, markFailed, markGone, removeOld, type Leased } from './rows.ts';
import { openSms } from './sms.ts';

export type Channels = Readonly<Record<Leased['channel'], Channel | null>>;
type Needs = Pick<Deps, 'config' | 'db' | 'adminDb' | 'log'>;

const everyMs = 1000;
const atOnce = 10;
const tidyEveryMs = 3_600_000;
/** Far below the lease, and what a stopping process waits at most. */
const sendTimeoutMs = 25_000;

export interface RunningOutbound {
  /** Lets what is being sent end. */
  stop(): Promise<void>;
}

export function startOutbound(deps: Needs): RunningOutbound {
  const channels = openChannels(deps.config);
  const life = new AbortController();
  const running = (async () => {
    let tidied = 0;
    while (!life.signal.aborted) {
      try {
        if (tidied === 0) await keepLanguage(deps);
        if (Date.now() - tidied > tidyEveryMs) await removeOld(deps.db);
        tidied = tidied === 0 || Date.now() - tidied > tidyEveryMs ? Date.now() : tidied;
        if ((await sendDue(deps, channels)) === atOnce) continue;
      } catch (err) {
        deps.log.warn({ err }, 'sending messages failed');
      }
      await sleep(everyMs, undefined, { signal: life.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      life.abort();
      await running;
      await Promise.all([channels.mail?.close(), channels.sms?.close(), channels.robot?.close()]);
    },
  };
}

/** None in demo mode, whatever the settings say. */
export function openChannels({
  mode,
  outbound,
  connectors,
}: Pick<Config, 'mode' | 'outbound' | 'connectors'>): Channels {
  if (mode === 'demo') return { mail: null, sms: null, robot: null };
  const { mail = null, sms = null } = outbound ?? {};
  return { mail: mail && openMail(mail), sms: sms && openSms(sms), robot: openRobots(connectors?.robots ?? new Map()) };
}

/** Gives how many were handled. */
export async function sendDue(deps: Pick<Needs, 'config' | 'db' | 'log'>, channels: Channels): Promise<number> {
  const leased = await leaseDue(deps.db, atOnce);
  await Promise.all(leased.map((row) => handle(deps, channels, row)));
  return leased.length;
}

async function handle(
  { config, db, log }: Pick<Needs, 'config' | 'db' | 'log'>,
  channels: Channels,
  row: Leased,
): Promise<void> {
  if (config.mode === 'demo') return markGone(db, row, { state: 'shown', providerId: null });
  let providerId: string | null;
  try {
    providerId = await sendThrough(channels[row.channel], toMessage(row, originOf(config)));
  } catch (error) {
    const { code, isFinal } =
      error instanceof DeliveryError ? error : new DeliveryError('delivery_failed', { isFinal: false });
    log.warn({ outbound: row.id, channel: row.channel, attempts: row.attempts, code }, 'message not delivered');
    return markFailed(db, row, { code, isFinal });
  }
  await markGone(db, row, { state: 'sent', providerId });
}

function sendThrough(channel: Channel | null, message: Message): Promise<string | null> {
  if (channel === null) throw new DeliveryError('not_configured', { isFinal: true });
  return channel.send(message, AbortSignal.timeout(sendTimeoutMs));
}

function toMessage({ path, ...row }: Leased, origin: string): Message {
  return { ...row, link: origin + path };
}

function originOf({ publicUrl, host, port }: Config): string {
  return publicUrl ?? `http://${host}:${port}`;
}

/** For people who have chosen no language; the trigger words messages without asking a process. */
async function keepLanguage({ adminDb, config }: Needs): Promise<void> {
  await sql`insert into setting (key, value) values ('locale', ${JSON.stringify(config.locale)}::jsonb)
    on conflict (key) do update set value = excluded.value where setting.value <> excluded.value`.execute(adminDb);
}
