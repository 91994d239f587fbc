import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { signAcs3 } from './acs3.ts';
import type { Message } from './channel.ts';
import { openSms } from './sms.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const secret = 'test-secret';
const message: Message = {
  id: '0199aaaa-0000-7000-8000-000000000001',
  kind: 'urge',
  address: '100 0000-1804',
  name: '陈志强',
  language: 'zh-CN',
  subject: null,
  text: '何雪催办报修WX-1',
  params: { by: '何雪 (前台)*', number: 'WX-1', title: '很'.repeat(50), nested: { a: 1 } },
  link: 'https://wuye.example.com/',
};

interface Asked {
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  /** As the service computes it from what arrived. */
  isSigned: boolean;
}

/** Does what Aliyun does: rebuilds the canonical request from the wire and compares signatures. */
async function serve(
  answer: { status?: number; body: string } | 'nothing',
): Promise<{ endpoint: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push(read(request));
    if (answer === 'nothing') return;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function read({ method = '', url = '', headers }: IncomingMessage): Asked {
  const [path = '', search = ''] = url.split('?');
  const { names = '', signature } =
    /SignedHeaders=(?<names>[^,]*),Signature=(?<signature>\w+)$/.exec(headers.authorization ?? '')?.groups ?? {};
  const sorted = search.split('&').sort().join('&');
  const lines = names
    .split(';')
    .map((name) => `${name}:${String(headers[name])}\n`)
    .join('');
  const canonical = [method, path, sorted, lines, names, headers['x-acs-content-sha256']].join('\n');
  const toSign = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`;
  const isSigned = createHmac('sha256', secret).update(toSign).digest('hex') === signature;
  return { query: Object.fromEntries(new URLSearchParams(search)), headers, isSigned };
}

function open(endpoint: string) {
  const templates = new Map([
    ['urge', 'SMS_1'],
    ['urge.en', 'SMS_2'],
  ]);
  return openSms({ endpoint, keyId: 'test-key', secret, sign: '翡翠花园', templates });
}
const send = (endpoint: string, given: Partial<Message> = {}, signal = AbortSignal.timeout(5000)) =>
  open(endpoint).send({ ...message, ...given }, signal);

it('signs as the example in the documentation of the service', () => {
  const headers = signAcs3(
    {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' },
      date: '2023-10-26T10:22:32Z',
      nonce: '3156853299f313e23d1673dc12e1703d',
    },
    { keyId: 'YourAccessKeyId', secret: 'YourAccessKeySecret' },
  );

  expect(headers.authorization).toBe(
    'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  );
});

describe('an SMS', () => {
  it('is a signed SendSms with the template of its kind, under the id of its row', async () => {
    const { endpoint, asked } = await serve({
      body: '{"Code":"OK","Message":"OK","BizId":"9006195^0","RequestId":"x"}',
    });
    expect(await send(endpoint)).toBe('9006195^0');
    const [one] = asked;

    expect(one!.isSigned).toBe(true);
    expect(one!.headers).toMatchObject({ 'x-acs-action': 'SendSms', 'x-acs-version': '2017-05-25' });
    expect(one!.headers['x-acs-date']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(one!.query).toMatchObject({
      PhoneNumbers: '10000001804',
      SignName: '翡翠花园',
      TemplateCode: 'SMS_1',
      OutId: message.id,
    });
    expect(JSON.parse(one!.query.TemplateParam!)).toEqual({
      by: '何雪 (前台)*',
      number: 'WX-1',
      title: '很'.repeat(35),
    });
  });

  it('goes in the template of the language where there is one', async () => {
    const { endpoint, asked } = await serve({ body: '{"Code":"OK","BizId":"1"}' });
    await send(endpoint, { language: 'en' });
    await expect(send(endpoint, { kind: 'comment' })).rejects.toMatchObject({ code: 'sms_no_template', isFinal: true });

    expect(asked.map(({ query }) => query.TemplateCode)).toEqual(['SMS_2']);
  });

  it.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', 200, true],
    ['isv.SMS_TEMPLATE_ILLEGAL', 200, true],
    ['isv.BUSINESS_LIMIT_CONTROL', 200, false],
    ['isp.SYSTEM_ERROR', 200, false],
    ['Throttling.User', 400, false],
    ['InvalidAccessKeyId.NotFound', 404, false],
  ])('refused with %s (%i) is final: %s', async (code, status, isFinal) => {
    const { endpoint } = await serve({ status, body: JSON.stringify({ Code: code, Message: 'no' }) });
    await expect(send(endpoint)).rejects.toMatchObject({ code, isFinal });
  });

  it('is tried again when something else answers, or nothing', async () => {
    const { endpoint } = await serve({ status: 502, body: '<html>bad gateway</html>' });
    await expect(send(endpoint)).rejects.toMatchObject({ code: 'sms_http_502', isFinal: false });
    await expect(send('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'sms_unreachable', isFinal: false });
    const silent = await serve('nothing');
    await expect(send(silent.endpoint, {}, AbortSignal.timeout(200))).rejects.toMatchObject({
      code: 'sms_timeout',
      isFinal: false,
    });
  });
});
