// The language of the screens. Kept in the browser for the sign-in page and with the person for every other device.
import type { Text } from '#lib/api/types.gen.ts';
import { getLocale, locales, setLocale } from '#lib/paraglide/runtime.js';

export type Locale = (typeof locales)[number];

export const localeNames: Record<Locale, string> = { 'zh-CN': '中文', en: 'English' };

export function currentLocale(): Locale {
  return getLocale();
}

/** Switches and reloads the page, so that every text, date and title follows. */
export function changeLocale(locale: Locale): void {
  if (locale !== getLocale()) void setLocale(locale);
}

/** A text the server keeps in several languages; falls back to Chinese, then to the other one. */
export function localText(text: string | Partial<Text> | null | undefined): string {
  if (text === null || text === undefined) return '';
  if (typeof text === 'string') return text;
  return text[getLocale()] ?? text['zh-CN'] ?? text.en ?? '';
}
