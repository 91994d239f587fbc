/** A client that behaves as ours do when something dies: it sends again, with the same Idempotency-Key, until it has an answer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  status: number;
  body: unknown;
}

export interface Client {
  get(path: string): Promise<Answer>;
  /** A command: asked again until it is done. */
  post(path: string, body: object): Promise<Answer>;
  /** What is only handed over: 202 is its answer. */
  hand(path: string, body: object): Promise<Answer>;
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
  const posting = (content: object): RequestInit => ({
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(content),
  });
  return {
    get: (path) => send(address + path, { headers: { authorization } }),
    post: (path, content) => send(address + path, posting(content)),
    hand: (path, content) => send(address + path, posting(content), (status) => isNotYet(status) && status !== 202),
  };
}

/** Of nobody who signed in: as a service outside calls an address it was given. */
export function postTo(url: string, content: object): Promise<Answer> {
  return send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
  });
}

/** 202: kept and not done yet. 429 and 5xx: not now. */
function isNotYet(status: number): boolean {
  return status === 202 || status === 429 || status >= 500;
}

/** A broken connection says nothing, so the same is asked again. */
async function send(url: string, request: RequestInit, again = isNotYet): Promise<Answer> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const answer = await attempt(url, request);
    if (answer !== undefined && !again(answer.status)) return answer;
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
