import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, withQuery } from './client.ts';
import { net } from './net.svelte.ts';
import { ApiProblem } from './problem.ts';

interface Sent {
  url: string;
  init: RequestInit;
}

let sent: Sent[] = [];

/** Answers each request with the next of these; an Error is a lost connection. */
function serve(...answers: (Response | Error)[]): void {
  const waiting = [...answers];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push({ url, init });
    const next = waiting.shift();
    if (next === undefined) throw new Error('one request too many');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
}

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const headerOf = (at: number, name: string): string | undefined =>
  (sent[at]?.init.headers as Record<string, string>)[name];

async function afterTimers<T>(promise: Promise<T>): Promise<T> {
  // A rejection must have its handler before the timers run.
  promise.catch(() => undefined);
  await vi.runAllTimersAsync();
  return promise;
}

beforeEach(() => {
  sent = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('withQuery', () => {
  it('leaves out what is empty and escapes the rest', () => {
    expect(withQuery('/api/tasks', { view: 'mine', cursor: undefined, q: '张 三', community: '' })).toBe(
      '/api/tasks?view=mine&q=%E5%BC%A0+%E4%B8%89',
    );
    expect(withQuery('/api/tasks')).toBe('/api/tasks');
    expect(withQuery('/api/plan', { items: ['a', 'b'] })).toBe('/api/plan?items=a&items=b');
  });
});

describe('a read', () => {
  it('is tried again while the server is away', async () => {
    serve(json(503, { code: 'unavailable' }), new TypeError('failed'), json(200, { items: [] }));

    await expect(afterTimers(api.get('/api/tasks'))).resolves.toEqual({ items: [] });

    expect(sent).toHaveLength(3);
    expect(net.online).toBe(true);
  });

  it('says what the problem document says, once', async () => {
    serve(json(422, { code: 'invalid_cursor', title: '翻页位置无效', status: 422 }));

    await expect(afterTimers(api.get('/api/tasks'))).rejects.toMatchObject({ code: 'invalid_cursor', status: 422 });

    expect(sent).toHaveLength(1);
  });

  it('carries neither a CSRF header nor a body', async () => {
    serve(json(200, {}));

    await afterTimers(api.get('/api/me'));

    expect(headerOf(0, 'x-guanjia')).toBeUndefined();
    expect(sent[0]?.init.body).toBeNull();
  });
});

describe('a command', () => {
  it('keeps its key over every retry', async () => {
    serve(new TypeError('failed'), json(504, {}), json(200, { state: 'done' }));

    const answer = await afterTimers(api.command('/api/tasks/t/complete', { outcome: 'ok' }));

    expect(answer).toEqual({ value: { state: 'done' }, pending: false });
    const keys = [0, 1, 2].map((at) => headerOf(at, 'idempotency-key'));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    expect(headerOf(0, 'x-guanjia')).toBe('1');
  });

  it('tells a 202 apart', async () => {
    serve(json(202, { state: 'pending' }));

    await expect(afterTimers(api.command('/api/tasks/t/complete'))).resolves.toMatchObject({ pending: true });
  });

  it('is not repeated when it is refused', async () => {
    serve(json(409, { code: 'task_closed', params: { by: '王五' } }));

    await expect(afterTimers(api.command('/api/tasks/t/complete'))).rejects.toMatchObject({
      code: 'task_closed',
      params: { by: '王五' },
      isPassing: false,
    });
    expect(sent).toHaveLength(1);
  });

  it('ends as offline when nothing ever answers, and the page knows', async () => {
    serve(new TypeError('x'), new TypeError('x'), new TypeError('x'), new TypeError('x'));

    await expect(afterTimers(api.command('/api/tasks/t/claim'))).rejects.toMatchObject({ code: 'offline', status: 0 });
    expect(net.online).toBe(false);
  });
});

it('reads an answer that is no JSON as a problem of its status', async () => {
  serve(new Response('<html>Bad gateway</html>', { status: 500 }));

  const failure = await afterTimers(api.send('POST', '/api/session', {})).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(ApiProblem);
  expect(failure).toMatchObject({ code: 'http_500', isPassing: false });
});
