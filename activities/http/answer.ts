/** Pure: what an answer comes to: an output small enough to be kept, a business error, or a failure that is tried again. */
import { ApplicationFailure } from '@temporalio/common';
import { plain } from '../../server/db/records/feel-values.ts';
import { evaluateMapping } from '../../workflows/engine/mapping.ts';
import { cannot } from '../records.ts';
import { redact } from './secrets.ts';
import type { Answer } from './send.ts';

/** What the tables keep of an answer. */
const mostKeptBytes = 65_536;
const longestRetryAfterMs = 600_000;

/** What may be expected of a service that understood the question. */
export const httpErrors = {
  http_bad_request: { 'zh-CN': '对方不接受这些数据（400、422）', en: 'The service does not take the data (400, 422)' },
  http_not_found: { 'zh-CN': '对方没有这个对象（404、410）', en: 'The service does not have it (404, 410)' },
  http_conflict: { 'zh-CN': '与对方的现状冲突（409、412）', en: 'In conflict with what the service has (409, 412)' },
  http_refused: { 'zh-CN': '对方拒绝了请求（其它 4xx）', en: 'The service refuses (any other 4xx)' },
};
const codes: Partial<Record<number, keyof typeof httpErrors>> = {
  400: 'http_bad_request',
  422: 'http_bad_request',
  404: 'http_not_found',
  410: 'http_not_found',
  409: 'http_conflict',
  412: 'http_conflict',
};

export interface Reading {
  take: Record<string, string> | undefined;
  /** Of the secrets that were sent. */
  values: readonly string[];
  now: number;
}

/** @throws ApplicationFailure */
export function readAnswer(answer: Answer, { take, values, now }: Reading): Record<string, unknown> {
  const { status } = answer;
  if (status < 200 || status >= 300) throw failureOf(answer, now);
  const body = parse(redact(answer.body.toString('utf8'), values), answer.headers['content-type']);
  const output = take === undefined ? { status, body } : { status, ...taken(take, { status, body }) };
  if (Buffer.byteLength(JSON.stringify(output)) > mostKeptBytes)
    throw cannot('http_too_large', 'what is kept of the answer is too large: say with take what is wanted');
  return output;
}

/** What passes by itself. */
const passing = [408, 425, 429];
/** The installation's secret is at fault, not the case: mended, and then tried again by hand. */
const unauthorized = [401, 403, 407];

function failureOf({ status, headers }: Answer, now: number): ApplicationFailure {
  const message = `HTTP ${status}`;
  // Where a redirect leads nobody has allowed.
  if (status < 400) return cannot('http_redirected', message);
  if (passing.includes(status) || status >= 500) {
    const type = status === 429 ? 'http_too_many' : 'http_unavailable';
    const delay = retryAfterMs(headers['retry-after'], now);
    return ApplicationFailure.create({ message, type, ...(delay === undefined ? {} : { nextRetryDelay: delay }) });
  }
  return cannot(unauthorized.includes(status) ? 'http_unauthorized' : (codes[status] ?? 'http_refused'), message);
}

/** RFC 9110: seconds or a date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 1000), longestRetryAfterMs) : undefined;
}

function parse(text: string, type = ''): unknown {
  if (text === '') return null;
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw cannot('http_not_json', 'the answer says it is JSON and is not');
  }
}

/** FEEL over `status` and `body`, as bounded as every mapping. */
function taken(take: Record<string, string>, scope: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(take).map(([name, text]) => {
      const result = evaluateMapping(text, scope);
      if (!result.ok)
        throw cannot(
          result.code === 'expression_limit' ? 'http_too_large' : 'http_take_failed',
          `${name}: ${result.code}`,
        );
      return [name, plain(result.value ?? null)];
    }),
  );
}
