import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { takeBack, tellDecided } from './take-back.ts';

const went = vi.hoisted(() => [] as string[]);
const listening = vi.hoisted(() => [] as (() => { z?: () => void })[]);
vi.mock('#lib/keys/keys.svelte.ts', () => ({
  listenKeys: (bindings: () => object) => {
    listening.push(bindings);
    return () => listening.splice(listening.indexOf(bindings), 1);
  },
}));
vi.mock('./address.ts', () => ({ goQuietly: (href: string) => Promise.resolve(went.push(href)) }));

let sent: string[] = [];
let answer: (url: string) => Response;
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const view = { label: '查看', run: () => undefined };

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  toasts.list = [];
  sent = [];
  went.length = 0;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push(`${init.method ?? ''} ${url}`);
    return Promise.resolve(answer(url));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('after a decision', () => {
  it('offers to take it back for ten seconds, also by key, which opens the task again', async () => {
    answer = (url) =>
      url.endsWith('/take-back')
        ? json(200, { command: 'x', state: 'done', caseId: 'c1', opened: ['c1-9'] })
        : json(200, { allow: { takeBack: true } });
    await tellDecided('c1-7', '已同意', view);
    expect(toasts.list).toMatchObject([{ text: '已同意', action: { label: '拿回' } }]);
    vi.advanceTimersByTime(9_900);
    expect(toasts.list).toHaveLength(1);

    listening[0]?.().z?.();
    await vi.waitFor(() => {
      expect(went).toEqual(['/inbox?view=mine&task=c1-9']);
    });
    expect(sent).toEqual(['GET /api/tasks/c1-7', 'POST /api/tasks/c1-7/take-back']);
    expect(toasts.list.map(({ text }) => text)).toEqual(['已拿回，请重新处理']);
    expect(listening).toEqual([]);
  });

  it('takes the offer away after ten seconds, and makes none where it is too late already', async () => {
    answer = () => json(200, { allow: { takeBack: true } });
    await tellDecided('c1-7', '已同意', view);
    vi.advanceTimersByTime(10_100);
    expect([toasts.list, listening]).toEqual([[], []]);

    answer = () => json(200, { allow: { takeBack: false } });
    await tellDecided('c1-7', '已同意', view);
    expect(toasts.list).toMatchObject([{ text: '已同意', action: { label: '查看' } }]);
  });
});

it('says who has gone on, and how, where it is too late', async () => {
  const by = { id: 'p2', name: '王五' };
  answer = () => json(409, { code: 'take_back_too_late', params: { how: 'claimed', by } });
  await expect(takeBack('c1-7')).resolves.toBe(false);
  answer = () => json(409, { code: 'take_back_too_late', params: { how: 'decided', by: null } });
  await takeBack('c1-7');
  expect(toasts.list.map(({ text }) => text)).toEqual([
    '王五 已认领后面的待办，拿不回来了。',
    '后面已经有人处理，拿不回来了。',
  ]);
});
