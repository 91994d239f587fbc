// The one way to the server: cookie session, CSRF header, idempotency, retries, problems as exceptions.
// A read is repeated when the network or the server is away for a moment. A command is repeated with its own key, so
// that it happens once whatever was lost on the way.
import { currentLocale } from '#lib/i18n/locale.ts';
import { net } from './net.svelte.ts';
import { ApiProblem } from './problem.ts';

type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

interface CallOptions {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** How often a passing fault is tried again. */
  retries?: number;
}

interface CommandOptions {
  /** The same key for the same intention: pass the old one to ask again after a lost answer. */
  key?: string;
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
}

/** pending: the server took it (202) and will finish it; follow by live events. */
export interface Answer<T> {
  value: T;
  pending: boolean;
}

const RETRY_MS = [300, 1_200, 3_000];

/** Adds a query, leaving out what is undefined or empty. */
export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined && each !== '') params.append(name, String(each));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { title: text.slice(0, 200) };
  }
}

async function once(method: string, path: string, options: CallOptions): Promise<Response> {
  const isForm = options.body instanceof FormData;
  // The screens' language, so that what the server words for a person without a choice of their own does not differ.
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': currentLocale(),
    ...options.headers,
  };
  if (method !== 'GET') headers['x-guanjia'] = '1';
  if (options.body !== undefined && !isForm) headers['content-type'] = 'application/json';
  try {
    const response = await fetch(withQuery(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: options.body === undefined ? null : isForm ? (options.body as FormData) : JSON.stringify(options.body),
      signal: options.signal ?? null,
    });
    net.heard();
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    net.lost();
    throw new ApiProblem(0, { code: 'offline', title: 'No answer' });
  }
}

async function attempt<T>(method: string, path: string, options: CallOptions): Promise<Answer<T>> {
  const response = await once(method, path, options);
  const body = await readBody(response);
  if (!response.ok) throw new ApiProblem(response.status, body ?? {});
  return { value: body as T, pending: response.status === 202 };
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });
}

async function call<T>(method: string, path: string, options: CallOptions): Promise<Answer<T>> {
  const retries = options.retries ?? 0;
  for (let tried = 0; ; tried++) {
    try {
      return await attempt<T>(method, path, options);
    } catch (error) {
      if (!(error instanceof ApiProblem) || !error.isPassing || tried >= retries) throw error;
      await wait(RETRY_MS[tried] ?? 3_000, options.signal);
    }
  }
}

/** A fresh idempotency key: one for each intention of a person, not one for each request. */
export function newKey(): string {
  return crypto.randomUUID();
}

export const api = {
  async get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    const answer = await call<T>('GET', path, { query: query ?? {}, retries: 2, ...(signal ? { signal } : {}) });
    return answer.value;
  },

  /** What changes a case or a record. Repeated on passing faults with the same key. */
  command<T>(path: string, body: unknown = {}, options: CommandOptions = {}): Promise<Answer<T>> {
    const headers = { 'idempotency-key': options.key ?? newKey() };
    return call<T>(options.method ?? 'POST', path, { body, headers, retries: 3 });
  },

  /** What changes only the person's own things (session, draft, read marks, settings): said once, no key. */
  async send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const answer = await call<T>(method, path, body === undefined ? {} : { body });
    return answer.value;
  },

  /** One file; answers its id and what the server found it to be. */
  async upload<T>(file: Blob, name: string): Promise<T> {
    const form = new FormData();
    form.append('file', file, name);
    const answer = await call<T>('POST', '/api/files', {
      body: form,
      headers: { 'idempotency-key': newKey() },
      retries: 2,
    });
    return answer.value;
  },
};
