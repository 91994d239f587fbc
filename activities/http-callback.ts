/**
 * `http.callback`: asks a service outside for what takes longer than an answer, and waits until it calls back (docs/connectors.md). The
 * address it calls stands for `{{callbackUrl}}` in the headers, the query or the body; neither flow nor log nor history has it.
 */
import { durationMs } from '../workflows/engine/duration.ts';
import { httpErrors } from './http/answer.ts';
import { call, httpProperties, patiently } from './http-request.ts';
import type { HttpInput } from './http/request.ts';
import { cannot } from './records.ts';
import type { Activity, ActivityContext, Expected } from './types.ts';

const placeholder = '{{callbackUrl}}';
/** Longer than anything that is still going to happen. */
const longestMs = 366 * 86_400_000;

type CallbackInput = HttpInput & { within: string; expect?: Expected };

export const httpCallback: Activity = {
  name: 'http.callback',
  title: { 'zh-CN': '调用外部接口并等回调', en: 'Call a service and wait for its call back' },
  description: {
    'zh-CN':
      '调用允许的外部主机，把一次性回调地址 {{callbackUrl}} 交给对方，等对方回调后再往下走；超时算 callback_timeout。',
    en: 'Calls a host that the installation allows, hands over {{callbackUrl}}, an address that works once, and goes on when it is called; too late is callback_timeout.',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['url', 'within'],
    properties: {
      ...httpProperties,
      within: {
        type: 'string',
        pattern: '^P(?!$)(\\d+W)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
        description: 'How long the call back is waited for, from the first asking: P3D, PT2H. At most 366 days.',
      },
      expect: {
        type: 'object',
        maxProperties: 30,
        propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,39}$' },
        additionalProperties: { enum: kinds() },
        description:
          'What its body has to have, by name: a JSON type, with ? where it may be missing. The rest of the body is not kept. Default: all of any object.',
      },
    },
  },
  output: {
    type: 'object',
    maxProperties: 100,
    additionalProperties: { description: 'What the other side says, by its names.' },
  },
  errors: {
    ...httpErrors,
    callback_timeout: { 'zh-CN': '对方没有在时限内回调', en: 'The service did not call back in time' },
  },
  retry: patiently,
  callsBack: true,
  run: (input, context) => ask(input as unknown as CallbackInput, context),
};

function kinds(): string[] {
  return ['string', 'number', 'integer', 'boolean', 'object', 'array'].flatMap((type) => [type, `${type}?`]);
}

async function ask(
  { within, expect = {}, ...input }: CallbackInput,
  context: Pick<ActivityContext, 'connectors' | 'idempotencyKey' | 'openCallback'>,
): Promise<Record<string, unknown>> {
  const { headers, query, body } = input;
  if (!JSON.stringify({ headers, query, body }).includes(placeholder))
    throw cannot('callback_url_missing', `nothing of the request says ${placeholder}`);
  const withinMs = durationMs(within);
  if (!(withinMs > 0 && withinMs <= longestMs)) throw cannot('activity_input_invalid', 'within');
  const url = await context.openCallback({ withinMs, expect });
  const told = place({ headers, query, body }, url) as Partial<HttpInput>;
  // What it answers at once is no news but that it has taken the request.
  return call({ ...input, ...withoutNothing(told), take: {} }, context);
}

/** Puts the address where its name stands, however deep. */
function place(value: unknown, url: string): unknown {
  if (typeof value === 'string') return value.replaceAll(placeholder, url);
  if (Array.isArray(value)) return value.map((each) => place(each, url));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, place(each, url)]));
}

function withoutNothing(input: Partial<HttpInput>): Partial<HttpInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
