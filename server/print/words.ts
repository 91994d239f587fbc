/** How a page is worded: in one language, with times where the case is. */
import { readFileSync } from 'node:fs';
import type { Locale, Text } from '../../forms/types.ts';

const texts = JSON.parse(readFileSync(new URL('./texts.json', import.meta.url), 'utf8')) as Record<string, Text>;

export interface Words {
  locale: Locale;
  /** IANA name, of the case's community. */
  zone: string;
  /** Falls back to what `fallback` names. */
  say(key: string, params?: Record<string, string | number>, fallback?: string): string;
  text(text: Text | null | undefined): string;
  /** An instant, as date and time in the zone. */
  at(instant: string): string;
  /** From seconds; the two largest units. */
  span(seconds: number): string;
  list(words: readonly string[]): string;
}

export function createWords(locale: Locale, zone: string): Words {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'zh-CN', {
    timeZone: zone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  function say(key: string, params: Record<string, string | number> = {}, fallback = 'event'): string {
    const template = (texts[key] ?? texts[fallback])?.[locale] ?? key;
    return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  }
  return {
    locale,
    zone,
    say,
    text: (text) => text?.[locale] ?? '',
    at: (instant) => atIn(format, instant),
    span: (seconds) => spanOf(seconds, say),
    list: (words) => words.join(say('separator')),
  };
}

/** 2026-11-24 09:05, which both languages read. */
function atIn(format: Intl.DateTimeFormat, instant: string): string {
  const parts = Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const { year = '', month = '', day = '', hour = '', minute = '' } = parts;
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

function spanOf(seconds: number, say: Words['say']): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const units = [
    { key: 'days', n: Math.floor(minutes / 1440) },
    { key: 'hours', n: Math.floor((minutes % 1440) / 60) },
    { key: 'minutes', n: minutes % 60 },
  ];
  const first = units.findIndex(({ n }) => n > 0);
  const shown = units.slice(first, first + 2).filter(({ n }) => n > 0);
  return shown.map(({ key, n }) => say(key, { n })).join(' ');
}
