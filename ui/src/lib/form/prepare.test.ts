import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Prepare } from './prepare.svelte.ts';

let asked: unknown[] = [];
let answers: ((response: Response) => void)[] = [];

beforeEach(() => {
  asked = [];
  answers = [];
  vi.useFakeTimers();
  vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
    asked.push(JSON.parse(init.body as string));
    return new Promise<Response>((resolve) => answers.push(resolve));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settle(days: number): Promise<void> {
  answers.shift()?.(new Response(JSON.stringify({ set: { days }, problems: [], labels: {} })));
  await vi.advanceTimersByTimeAsync(0);
}
const question = (fields: Record<string, unknown>) => ({ path: '/api/flows/leave/prepare', body: { fields } });

it('asks once a person pauses, and shows the answer', async () => {
  const prepare = new Prepare();
  prepare.ask(question({ from: 1 }));
  prepare.ask(question({ from: 2 }));
  await vi.advanceTimersByTimeAsync(399);
  expect(asked).toEqual([]);

  await vi.advanceTimersByTimeAsync(1);
  await settle(3);

  expect(asked).toEqual([{ fields: { from: 2 } }]);
  expect(prepare.answer.set).toEqual({ days: 3 });
});

it('asks one question at a time, and the newest after it', async () => {
  const prepare = new Prepare();
  prepare.ask(question({ from: 1 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  prepare.ask(question({ from: 2 }), 0);
  prepare.ask(question({ from: 3 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);

  await settle(1);
  expect(asked).toEqual([{ fields: { from: 1 } }, { fields: { from: 3 } }]);
  await settle(5);
  expect(prepare.answer.set).toEqual({ days: 5 });
});

it('does not ask the same again, keeps its answer through a fault, and is quiet once stopped', async () => {
  const prepare = new Prepare();
  prepare.ask(question({ from: 1 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  await settle(2);
  prepare.ask(question({ from: 1 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);

  prepare.ask(question({ from: 9 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  answers.shift()?.(new Response(JSON.stringify({ code: 'rate_limited' }), { status: 429 }));
  await vi.advanceTimersByTimeAsync(0);
  expect(prepare.answer.set).toEqual({ days: 2 });

  prepare.stop();
  prepare.ask(question({ from: 10 }), 0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(2);
});

it('lets the act itself go only when no question is under way, and asks none that waited', async () => {
  const prepare = new Prepare();
  let sent = false;
  prepare.ask(question({ from: 1 }), 0);
  await vi.advanceTimersByTimeAsync(0);
  prepare.ask(question({ from: 2 }), 0);
  await vi.advanceTimersByTimeAsync(0);

  void prepare.settle().then(() => (sent = true));
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toBe(false);

  await settle(2);
  expect(sent).toBe(true);
  expect(asked).toEqual([{ fields: { from: 1 } }]);
});
