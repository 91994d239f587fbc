import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RobotSettings } from '../../activities/settings.ts';
import type { Message } from './channel.ts';
import { openRobots } from './robots.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const now = 1_795_000_000_123;
const message: Message = {
  id: '0199aaaa-0000-7000-8000-000000000001',
  kind: 'repair_late',
  address: 'desk',
  name: 'desk',
  language: 'zh-CN',
  subject: null,
  text: '报修 WX-1 已超时',
  params: {},
  link: 'https://wuye.example.com/cases/1',
};

interface Asked {
  method: string | undefined;
  url: URL;
  type: string | undefined;
  body: Record<string, unknown>;
}
async function serve(
  answer: { status?: number; body: string } | 'nothing',
): Promise<{ origin: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push({
        method: request.method,
        url: new URL(request.url ?? '', 'http://robots'),
        type: request.headers['content-type'],
        body: JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>,
      });
      if (answer === 'nothing') return;
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function send(robot: RobotSettings, given: Partial<Message> = {}, signal = AbortSignal.timeout(5000)) {
  return openRobots(new Map([['desk', robot]]), () => now).send({ ...message, ...given }, signal);
}
const ok = { body: '{"errcode":0,"errmsg":"ok"}' };
const expectedText = '报修 WX-1 已超时\nhttps://wuye.example.com/cases/1';

describe('a robot of a chat group', () => {
  it('of WeCom takes a text under its key', async () => {
    const { origin, asked } = await serve(ok);
    await send({ kind: 'wecom', url: `${origin}/cgi-bin/webhook/send?key=k-1` });

    const [one] = asked;
    expect(one).toMatchObject({ method: 'POST', type: 'application/json; charset=utf-8' });
    expect(one!.url.pathname + one!.url.search).toBe('/cgi-bin/webhook/send?key=k-1');
    expect(one!.body).toEqual({ msgtype: 'text', text: { content: expectedText } });
  });

  it('of DingTalk is signed with time and secret in the address', async () => {
    const { origin, asked } = await serve(ok);
    await send({ kind: 'dingtalk', url: `${origin}/robot/send?access_token=t-1`, secret: 'SECabc' });

    const { url, body } = asked[0]!;
    expect(url.pathname).toBe('/robot/send');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      access_token: 't-1',
      timestamp: String(now),
      sign: createHmac('sha256', 'SECabc').update(`${now}\nSECabc`).digest('base64'),
    });
    expect(body).toEqual({ msgtype: 'text', text: { content: expectedText } });
  });

  it('of Feishu is signed in its body, in seconds', async () => {
    const { origin, asked } = await serve({ body: '{"code":0,"msg":"success","data":{}}' });
    await send({ kind: 'feishu', url: `${origin}/open-apis/bot/v2/hook/h-1`, secret: 'abc' });

    const seconds = String(Math.floor(now / 1000));
    expect(asked[0]!.url.pathname).toBe('/open-apis/bot/v2/hook/h-1');
    expect(asked[0]!.body).toEqual({
      timestamp: seconds,
      sign: createHmac('sha256', `${seconds}\nabc`).update('').digest('base64'),
      msg_type: 'text',
      content: { text: expectedText },
    });
  });

  it('is told no more than it takes, in whole characters, and still the link', async () => {
    const { origin, asked } = await serve(ok);
    await send({ kind: 'wecom', url: `${origin}/x` }, { text: '漏水😀'.repeat(400) });

    const { content } = asked[0]!.body.text as { content: string };
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2048);
    expect(content).toMatch(/…\nhttps:\/\/wuye\.example\.com\/cases\/1$/);
    expect(content).not.toContain('\uFFFD');
  });

  it.each<[answer: string, code: string, isFinal: boolean]>([
    ['wecom 200 {"errcode":93000,"errmsg":"invalid webhook url"}', 'wecom_93000', true],
    ['wecom 200 {"errcode":45009,"errmsg":"api freq out of limit"}', 'wecom_45009', false],
    ['dingtalk 200 {"errcode":310000,"errmsg":"sign not match"}', 'dingtalk_310000', true],
    ['dingtalk 200 {"errcode":130101,"errmsg":"send too fast"}', 'dingtalk_130101', false],
    ['feishu 200 {"code":19021,"msg":"sign match fail"}', 'feishu_19021', true],
    ['feishu 400 {"code":9499,"msg":"too many request"}', 'feishu_9499', false],
    ['wecom 502 <html>bad gateway</html>', 'robot_http_502', false],
  ])('that answers %s fails as %s, final: %s', async (answer, code, isFinal) => {
    const [, kind, status, body] = /^(\w+) (\d+) (.*)$/.exec(answer) ?? [];
    const { origin } = await serve({ status: Number(status), body: body ?? '' });
    const robot = { kind: kind as RobotSettings['kind'], url: `${origin}/x` };
    await expect(send(robot)).rejects.toMatchObject({ code, isFinal });
  });

  it('that nobody set up is final; one that is silent or away is tried again', async () => {
    const { origin } = await serve('nothing');
    const robot: RobotSettings = { kind: 'wecom', url: `${origin}/x?key=hush` };

    await expect(send(robot, { address: 'other' })).rejects.toMatchObject({ code: 'robot_unknown', isFinal: true });
    await expect(send(robot, {}, AbortSignal.timeout(200))).rejects.toMatchObject({
      code: 'robot_timeout',
      isFinal: false,
    });
    await expect(send({ kind: 'wecom', url: 'http://127.0.0.1:1/?key=hush' })).rejects.toMatchObject({
      code: 'robot_unreachable',
      isFinal: false,
      message: expect.not.stringContaining('hush') as string,
    });
  });
});
