/**
 * JSON lines, in English, with fields: `log.info({ caseId }, 'case started')`. Fits Fastify's `loggerInstance`.
 * Never writes personal data: fields that could hold some are replaced, and of a request only method, path and id are kept.
 */
import { appendFileSync, chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLevel } from './config.ts';

const order = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What may carry names, phones, free text or secrets. Compared without case. */
const hidden = new Set(
  `address authorization body comment cookie email fields headers idnumber key name patch password phone query reason secret text title token
  username values`.split(/\s+/),
);

type Write = (line: string) => void;

interface LogMethod {
  (fields: object, message?: string): void;
  (message: string): void;
}

export interface Log {
  level: string;
  fatal: LogMethod;
  error: LogMethod;
  warn: LogMethod;
  info: LogMethod;
  debug: LogMethod;
  trace: LogMethod;
  silent: LogMethod;
  /** The same log with fields added to every line. */
  child(bindings: object): Log;
}

/** `write` gets one line with its line end. */
export function createLog(level: LogLevel, write: Write, bindings: object = {}): Log {
  const at = (own: (typeof order)[number]): LogMethod => {
    if (own === 'silent' || order.indexOf(own) < order.indexOf(level)) return () => undefined;
    return (first: object | string, message?: string) => {
      const fields = typeof first === 'string' ? {} : clean(first);
      const msg = typeof first === 'string' ? first : message;
      write(`${JSON.stringify({ level: own, time: new Date().toISOString(), ...bindings, ...fields, msg })}\n`);
    };
  };
  return {
    level,
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    silent: at('silent'),
    child: (more) => createLog(level, write, { ...bindings, ...clean(more) }),
  };
}

/** Appends to a file that only its owner reads; makes its folder. Synchronous, so that the last line before a crash is kept. */
export function toFile(path: string): Write {
  mkdirSync(dirname(path), { recursive: true });
  // Also of a log that an older program began.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  return (line) => {
    appendFileSync(path, line);
  };
}

function clean(fields: object): object {
  if (fields instanceof Error) return { err: cleanError(fields) };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, cleanValue(key, value, 0)]));
}

function cleanValue(key: string, value: unknown, depth: number): unknown {
  if (key === 'req') return cleanRequest(value);
  if (key === 'res') return { statusCode: (value as { statusCode?: unknown } | null)?.statusCode };
  if (value instanceof Error) return cleanError(value);
  if (hidden.has(key.toLowerCase())) return '[hidden]';
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? cleanNested(value, depth) : value;
}

function cleanNested(value: object, depth: number): unknown {
  if (depth > 3) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => cleanValue('', item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, cleanValue(inner, each, depth + 1)]));
}

/**
 * Postgres puts the offending values into `detail`, and those it could not read (class 22: invalid input syntax for type date: "…") into
 * the message, with which the stack begins: only what names the place is kept.
 */
function cleanError(err: Error): object {
  const { code, table, constraint, column } = err as Error & Record<string, unknown>;
  const cause = err.cause instanceof Error ? cleanError(err.cause) : undefined;
  const holdsValue = typeof code === 'string' && /^22[\dA-Z]{3}$/.test(code);
  const message = holdsValue ? '[hidden]' : err.message;
  const stack = holdsValue ? err.stack?.replace(err.message, '[hidden]') : err.stack;
  return { type: err.name, message, code, table, constraint, column, stack, cause };
}

/** A query string may hold a search for a person, and who knows the address of a callback may answer it. */
function cleanRequest(request: unknown): object {
  const { id, method, url } = (request ?? {}) as { id?: unknown; method?: unknown; url?: unknown };
  const path = typeof url === 'string' ? url.split('?')[0]?.replace(/^(\/api\/callbacks\/).*/, '$1…') : undefined;
  return { id, method, path };
}
