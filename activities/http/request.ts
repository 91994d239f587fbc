/** Pure: from the input of `http.request` to what leaves, with secrets put in; refused where the installation does not allow it. */
import type { ConnectorSettings } from '../settings.ts';
import { cannot } from '../records.ts';
import { fill, namesIn } from './secrets.ts';
import type { Sending } from './send.ts';

export interface HttpInput {
  method?: string;
  url: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
  take?: Record<string, string>;
}
export interface Made {
  sending: Sending;
  /** Of the secrets that are in it. */
  values: string[];
}

/** @throws ApplicationFailure http_url_invalid, http_host_not_allowed, secret_unknown, secret_not_for_host */
export function makeRequest(input: HttpInput, settings: ConnectorSettings, idempotencyKey: string): Made {
  const url = parseUrl(input.url);
  if (!settings.hosts.some((host) => allows(host, url))) throw cannot('http_host_not_allowed', url.host);
  const { method = 'GET', headers = {} } = input;
  const body = bodyOf(input.body);
  const query = Object.entries(input.query ?? {}).map(([name, value]) => [name, textOf(value)] as const);
  const texts = [...Object.values(headers), ...query.map(([, value]) => value), body?.text ?? ''];
  const values = [...new Set(texts.flatMap(namesIn))].map((name) => secretFor(name, url, settings));

  const { secrets } = settings;
  for (const [name, value] of query) url.searchParams.append(name, fill(value, secrets));
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(value, secrets)] as const);
  const sending: Sending = {
    method,
    url,
    headers: { ...standing(method, idempotencyKey, body), ...Object.fromEntries(own) },
    body: body && fill(body.text, secrets, body.write),
  };
  return { sending, values };
}

function standing(method: string, idempotencyKey: string, body: Body | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    // Compressed bytes would hide how large an answer is.
    'accept-encoding': 'identity',
    'user-agent': 'Guanjia',
    ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey }),
    ...(body === undefined ? {} : { 'content-type': body.type }),
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  // A secret in an address would be in logs of every proxy on the way; and which host it goes to must be plain.
  if (!isPlain || text.includes('{{') || url.hash !== '') throw cannot('http_url_invalid', 'not an http(s) address');
  return url;
}

/** As settings write a host: an origin, `*.` for all below it. */
function allows(allowed: string, { origin }: URL): boolean {
  if (!allowed.includes('*.')) return origin === new URL(allowed).origin;
  const [scheme = '', rest = ''] = allowed.split('*.');
  // The default port is never written in an origin.
  const { origin: base } = new URL(scheme + rest);
  const suffix = `.${base.slice(scheme.length)}`;
  return origin.startsWith(scheme) && origin.endsWith(suffix) && origin.length > scheme.length + suffix.length;
}

function secretFor(name: string, url: URL, { secrets }: ConnectorSettings): string {
  const secret = secrets.get(name);
  if (secret === undefined) throw cannot('secret_unknown', name);
  if (!secret.hosts.some((host) => allows(host, url))) throw cannot('secret_not_for_host', name);
  return secret.value;
}

interface Body {
  type: string;
  text: string;
  write: (value: string) => string;
}

function bodyOf(body: unknown): Body | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return { type: 'text/plain; charset=utf-8', text: body, write: (value) => value };
  const write = (value: string): string => JSON.stringify(value).slice(1, -1);
  return { type: 'application/json', text: JSON.stringify(body), write };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
