/**
 * `http.request`: asks or tells a service outside, on a host that the installation allows (docs/connectors.md). The same step asks under the
 * same Idempotency-Key however often it is tried.
 */
import { ApplicationFailure } from '@temporalio/common';
import { httpErrors, readAnswer } from './http/answer.ts';
import { makeRequest, type HttpInput } from './http/request.ts';
import { HttpError, send, theInternet, type Network } from './http/send.ts';
import { cannot } from './records.ts';
import type { Activity, ActivityContext, RetryPolicy } from './types.ts';

const limits = { timeMs: 30_000, bytes: 1_048_576 };
/** About ten minutes, or as the service says with Retry-After. */
export const patiently: RetryPolicy = { attempts: 8, firstWaitMs: 5000, longestWaitMs: 320_000 };
/** What the connection itself says, or what leads the request elsewhere than its host. */
const ours =
  '^(?!(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|accept-encoding|idempotency-key)$)[a-z0-9-]{1,60}$';

/** What of a request a flow says. */
export const httpProperties = {
  method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], description: 'Default: GET.' },
  url: { type: 'string', maxLength: 2000, description: 'On one of the hosts the installation allows.' },
  query: {
    type: 'object',
    maxProperties: 50,
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    description: 'Values by name. As in headers and body, {{secret.name}} stands for a secret of the installation.',
  },
  headers: {
    type: 'object',
    maxProperties: 30,
    propertyNames: { pattern: ours },
    additionalProperties: { type: 'string', maxLength: 4000, pattern: '^[\\t\\x20-\\x7e]*$' },
    description: 'By name, in small letters.',
  },
  body: { type: ['object', 'array', 'string'], description: 'A text is sent as it is, anything else as JSON.' },
} as const;

export const httpRequest: Activity = {
  name: 'http.request',
  title: { 'zh-CN': '调用外部接口', en: 'Call a service' },
  description: {
    'zh-CN': '调用系统允许的外部主机上的 HTTP 接口；密钥用名字引用，返回的 JSON 可以取几个值填入字段。',
    en: 'Calls HTTP on a host that the installation allows; secrets go by name, and values of the answer can fill fields.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      ...httpProperties,
      take: {
        type: 'object',
        maxProperties: 30,
        propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,39}$' },
        additionalProperties: { type: 'string', minLength: 1, maxLength: 2000 },
        description: 'What of the answer is wanted: FEEL over `status` and `body`, by name of the output.',
      },
    },
  },
  output: {
    type: 'object',
    required: ['status'],
    properties: {
      status: { type: 'integer', description: 'Of the answer: 200 to 299.' },
      body: { description: 'Without `take`: the answer, of JSON as it is, of anything else as text.' },
    },
    additionalProperties: { description: 'With `take`: its names.' },
  },
  errors: httpErrors,
  retry: patiently,
  run: (input, context) => call(input as unknown as HttpInput, context),
};

/** @throws ApplicationFailure */
export async function call(
  input: HttpInput,
  { connectors, idempotencyKey }: Pick<ActivityContext, 'connectors' | 'idempotencyKey'>,
  network: Network = connectors.network ?? theInternet,
): Promise<Record<string, unknown>> {
  const { sending, values } = makeRequest(input, connectors, idempotencyKey);
  const answer = await send(sending, limits, network).catch((error: unknown) => {
    throw toFailure(error);
  });
  return readAnswer(answer, { take: input.take, values, now: Date.now() });
}

function toFailure(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const isFinal = error.code === 'http_address_closed' || error.code === 'http_too_large';
  return isFinal ? cannot(error.code, error.code) : ApplicationFailure.retryable(error.code, error.code);
}
