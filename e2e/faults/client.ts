/** A client that behaves as ours do when something dies: it sends again, with the same Idempotency-Key, until it has an answer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  status: number;
  body: unknown;
}

export interface Client {
  get(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
}

/** Longer than everything together may be down. */
const patienceMs = 120_000;

export async function signIn(address: string, username: string, password: string): Promise<Client> {
  const { status, body } = await send(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (status !== 200) throw new Error(`${username} cannot sign in: ${JSON.stringify(body)}`);
  const authorization = `Bearer ${(body as { token: string }).token}`;
  return {
    get: (path) => send(address + path, { headers: { authorization } }),
    post: (path, content) =>
      send(address + path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(content),
      }),
  };
}

/** 202: kept and not done yet. 429 and 5xx: not now. A broken connection says nothing, so the same is asked again. */
async function send(url: string, request: RequestInit): Promise<Answer> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const answer = await attempt(url, request);
    if (answer !== undefined && answer.status !== 202 && answer.status !== 429 && answer.status < 500) return answer;
    if (Date.now() > giveUpAt) throw new Error(`no answer from ${url}: ${JSON.stringify(answer)}`);
    await sleep(100 + Math.random() * 200);
  }
}

async function attempt(url: string, request: RequestInit): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(15_000) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  } catch {
    return undefined;
  }
}
