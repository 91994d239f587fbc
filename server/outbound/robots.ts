/**
 * Robots of chat groups: WeCom, DingTalk, Feishu. A robot is a webhook that takes a text; the address of a message is its name in the
 * settings. Sources: developer.work.weixin.qq.com/document/path/91770, open.dingtalk.com (custom robots), open.feishu.cn (custom bots).
 */
import { createHmac } from 'node:crypto';
import type { RobotSettings } from '../../activities/settings.ts';
import { DeliveryError, type Channel, type Message } from './channel.ts';

/** WeCom refuses a longer text; the others take more. */
const mostBytes = 2048;

interface Request {
  url: string;
  body: Record<string, unknown>;
}
/** What the services call success and failure, each by its own name. */
interface Answer {
  errcode?: number;
  code?: number;
}

export function openRobots(robots: ReadonlyMap<string, RobotSettings>, now: () => number = Date.now): Channel {
  return {
    async send(message, signal) {
      const robot = robots.get(message.address);
      if (robot === undefined) throw new DeliveryError('robot_unknown', { isFinal: true });
      const { status, answer } = await post(requestOf(robot, textOf(message), now()), signal);
      const code = answer.errcode ?? answer.code;
      if (status === 200 && code === 0) return null;
      throw refusal(status, { robot, code });
    },
    close: () => Promise.resolve(),
  };
}

/** What is told, and where it leads. */
function textOf({ text, link }: Message): string {
  const end = `\n${link}`;
  return shorten(text, mostBytes - Buffer.byteLength(end)) + end;
}

/** To so many bytes, by whole characters. */
function shorten(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let short = '';
  for (const character of text) {
    if (Buffer.byteLength(`${short}${character}…`) > bytes) break;
    short += character;
  }
  return `${short}…`;
}

function requestOf({ kind, url, secret }: RobotSettings, text: string, now: number): Request {
  switch (kind) {
    case 'wecom':
      return { url, body: { msgtype: 'text', text: { content: text } } };
    case 'dingtalk':
      return {
        url: secret === undefined ? url : signedUrl(url, secret, now),
        body: { msgtype: 'text', text: { content: text } },
      };
    case 'feishu':
      return { url, body: { ...feishuSign(secret, now), msg_type: 'text', content: { text } } };
  }
}

/** DingTalk: the secret signs time and secret; time in milliseconds. */
function signedUrl(url: string, secret: string, now: number): string {
  const signed = new URL(url);
  const timestamp = String(now);
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  return signed.href;
}

/** Feishu: time and secret are the key that signs nothing; time in seconds. */
function feishuSign(secret: string | undefined, now: number): Record<string, string> {
  if (secret === undefined) return {};
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}

async function post({ url, body }: Request, signal: AbortSignal): Promise<{ status: number; answer: Answer }> {
  try {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
      redirect: 'error',
    });
    return { status: response.status, answer: parse(await response.text()) };
  } catch (error) {
    const code = error instanceof DOMException ? 'robot_timeout' : 'robot_unreachable';
    throw new DeliveryError(code, { isFinal: false });
  }
}

/** A proxy in between may answer anything. */
function parse(text: string): Answer {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Too many a minute, or the service itself is busy: that passes. A wrong key, sign or text does not. */
const passing: Record<RobotSettings['kind'], readonly number[]> = {
  wecom: [-1, 45009, 45033],
  dingtalk: [-1, 130101, 660026],
  feishu: [9499, 11232, 19006],
};

function refusal(status: number, { robot, code }: { robot: RobotSettings; code: number | undefined }): DeliveryError {
  if (code === undefined || status >= 500) return new DeliveryError(`robot_http_${status}`, { isFinal: false });
  return new DeliveryError(`${robot.kind}_${code}`, { isFinal: !passing[robot.kind].includes(code) });
}
