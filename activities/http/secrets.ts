/**
 * Secrets by name: `{{secret.erp}}` in a header, the query or the body of a request. Its value is put in when the request leaves, goes only to
 * the hosts it is for, and is taken out of whatever comes back: nothing that is kept has it.
 */
import type { ConnectorSettings } from '../settings.ts';

export type Secrets = ConnectorSettings['secrets'];
const pattern = /\{\{secret\.([a-z][a-z0-9_]{0,39})\}\}/g;

export function namesIn(text: string): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** `write`: how a value stands in the text, such as escaped for JSON. */
export function fill(text: string, secrets: Secrets, write: (value: string) => string = (value) => value): string {
  return text.replaceAll(pattern, (_whole, name: string) => write(secrets.get(name)?.value ?? ''));
}

/** What the other side repeats of the secrets it was sent, in the writings it may have. */
export function redact(text: string, values: readonly string[]): string {
  const writings = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  const long = [...new Set(writings)].filter(({ length }) => length >= 4).sort((a, b) => b.length - a.length);
  return long.reduce((clean, writing) => clean.replaceAll(writing, '***'), text);
}
