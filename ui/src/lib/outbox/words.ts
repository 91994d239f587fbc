// Pure: the words and colours of a message's state, and why one failed.
import type { OutboundChannel, OutboundItem, OutboundState } from '#lib/api/types.gen.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/parts/badge.ts';

export const stateLooks: Readonly<Record<OutboundState, { tone: Tone; text: () => string }>> = {
  queued: { tone: 'info', text: m.outbox_state_queued },
  sending: { tone: 'info', text: m.outbox_state_sending },
  sent: { tone: 'accent', text: m.outbox_state_sent },
  failed: { tone: 'danger', text: m.outbox_state_failed },
  shown: { tone: 'neutral', text: m.outbox_state_shown },
};
export const states = Object.keys(stateLooks) as OutboundState[];

const channelTexts: Readonly<Record<OutboundChannel, () => string>> = {
  mail: m.outbox_mail,
  sms: m.outbox_sms,
  robot: m.outbox_robot,
};
export const channels = Object.keys(channelTexts) as OutboundChannel[];

export function channelText(channel: OutboundChannel): string {
  return channelTexts[channel]();
}

/** A robot of a chat group is nobody: it has only its name. */
export function nameOf({ person, address }: Pick<OutboundItem, 'person' | 'address'>): string {
  return person?.name ?? address;
}

/** Undefined: no attempt failed. */
export function errorText({ error: code }: Pick<OutboundItem, 'error'>): string | undefined {
  if (code === null) return undefined;
  if (code === 'not_configured') return m.outbox_error_not_configured();
  if (code === 'robot_unknown') return m.outbox_error_robot_unknown();
  if (code === 'sms_no_template') return m.outbox_error_no_template();
  if (/^smtp_5\d\d$/.test(code)) return m.outbox_error_rejected({ code });
  if (/^smtp_4\d\d$|LIMIT|Throttling/.test(code)) return m.outbox_error_later({ code });
  return m.outbox_error_other({ code });
}

export interface OutboxFilters {
  q: string;
  channel: string;
  state: string;
  person: string;
}

/** From the address of the page; what is none of the choices counts as not chosen. */
export function filtersOf(params: Pick<URLSearchParams, 'get'>): OutboxFilters {
  const choice = (name: string, choices: readonly string[]): string => {
    const value = params.get(name) ?? '';
    return choices.includes(value) ? value : '';
  };
  return {
    q: params.get('q') ?? '',
    channel: choice('channel', channels),
    state: choice('state', states),
    person: params.get('person') ?? '',
  };
}

export function toQuery(filters: OutboxFilters): string {
  return new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== '')).toString();
}
