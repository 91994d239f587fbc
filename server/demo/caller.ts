/** One person's real session with the API, without a port: what the demo does, anybody could do with a browser. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../http.ts';

export interface Caller {
  get(url: string): Promise<unknown>;
  /** Waits until a command that was answered 202 is done; the same key gives the same answer again. */
  post(url: string, body: object, key: string): Promise<unknown>;
  /** Gives the id of the file. */
  upload(name: string, bytes: Buffer): Promise<string>;
}

/** How long a command may stay pending: the worker may still be starting. */
const patienceMs = 60_000;

/** @throws Error with the problem document, when the name or the password is wrong */
export async function signIn(app: App, username: string, password: string): Promise<Caller> {
  const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { username, password } });
  const { token } = understand('POST /api/session', answer.statusCode, answer.body) as { token: string };
  return createCaller(app, token);
}

function createCaller(app: App, token: string): Caller {
  const authorization = `Bearer ${token}`;
  return {
    async get(url) {
      const answer = await app.inject({ url, headers: { authorization } });
      return understand(`GET ${url}`, answer.statusCode, answer.body);
    },
    async post(url, payload, key) {
      const headers = { authorization, 'idempotency-key': key };
      const giveUpAt = Date.now() + patienceMs;
      for (;;) {
        const answer = await app.inject({ method: 'POST', url, headers, payload });
        if (answer.statusCode !== 202 || Date.now() > giveUpAt) {
          return understand(`POST ${url}`, answer.statusCode, answer.body);
        }
        await sleep(100);
      }
    },
    async upload(name, bytes) {
      const { headers, payload } = asMultipart(name, bytes);
      const answer = await app.inject({
        method: 'POST',
        url: '/api/files',
        headers: { authorization, ...headers },
        payload,
      });
      return (understand('POST /api/files', answer.statusCode, answer.body) as { id: string }).id;
    },
  };
}

/** @throws Error for whatever is not done: the demo's rows and flows come with the program, so that is a bug in one of them */
function understand(what: string, status: number, body: string): unknown {
  if (status >= 200 && status < 300 && status !== 202) return body === '' ? null : JSON.parse(body);
  throw new Error(`the demo's ${what} was answered ${status}: ${body.slice(0, 2000)}`);
}

function asMultipart(name: string, bytes: Buffer): { headers: Record<string, string>; payload: Buffer } {
  const boundary = 'guanjia-demo-photo';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: image/jpeg\r\n\r\n`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
