// The language of the screens. Kept in the browser for the sign-in page and with the person for every other device.
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

/** A text the server keeps in several languages; falls back to Chinese, then to whatever there is. */
export function localText(text: string | Partial<Record<string, string>> | null | undefined): string {
  if (text === null || text === undefined) return '';
  if (typeof text === 'string') return text;
  return text[getLocale()] ?? text['zh-CN'] ?? Object.values(text).find((value) => value !== undefined) ?? '';
}
