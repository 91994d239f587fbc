/**
 * In which language a person reads what the server words for them (values of choices): their own choice, else what their program
 * asks for (the screens send the language they show), else the server's.
 */
import type { FastifyRequest } from 'fastify';
import { locales, type Locale } from './config.ts';

/** What is known of who asks. */
export type Asking = Pick<FastifyRequest, 'person' | 'headers'>;

export function languageOf(request: Asking, fallback: Locale): Locale {
  return request.person.locale ?? acceptedLocale(request.headers['accept-language']) ?? fallback;
}

/** The first language of an Accept-Language header that there are texts in; `zh` in any script or region is zh-CN. */
export function acceptedLocale(header: string | undefined): Locale | undefined {
  const wanted = (header ?? '').split(',').map(readRange);
  const known = wanted.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q);
  for (const { tag } of known) {
    const found = locales.find((locale) => tag.split('-', 1)[0] === locale.split('-', 1)[0]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readRange(range: string): { tag: string; q: number } {
  const [tag = '', ...params] = range
    .trim()
    .toLowerCase()
    .split(/\s*;\s*/);
  const q = Number(params.find((param) => param.startsWith('q='))?.slice(2) ?? 1);
  return { tag, q: Number.isNaN(q) ? 0 : q };
}
