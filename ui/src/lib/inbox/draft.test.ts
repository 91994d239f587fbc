import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DraftSaver, type DraftState } from './draft.ts';

let saved: string[] = [];
let states: DraftState[] = [];
let failing = false;

function makeSaver(): DraftSaver<string> {
  return new DraftSaver<string>({
    save: (value) => {
      if (failing) return Promise.reject(new Error('away'));
      saved.push(value);
      return Promise.resolve();
    },
    onstate: (state) => states.push(state),
  });
}

beforeEach(() => {
  saved = [];
  states = [];
  failing = false;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('saves the last text three seconds after the last change', async () => {
  const saver = makeSaver();

  saver.change('一');
  await vi.advanceTimersByTimeAsync(2_900);
  saver.change('一二');
  await vi.advanceTimersByTimeAsync(2_900);
  expect(saved).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);

  expect(saved).toEqual(['一二']);
  expect(states.at(-1)).toBe('saved');
});

it('saves at once when told', async () => {
  const saver = makeSaver();
  saver.change('离开前');

  await saver.flush();

  expect(saved).toEqual(['离开前']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(saved).toHaveLength(1);
});

it('says that it failed, keeps the text and tries again', async () => {
  const saver = makeSaver();
  failing = true;
  saver.change('不能丢');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(states.at(-1)).toBe('failed');

  failing = false;
  await vi.advanceTimersByTimeAsync(10_000);

  expect(saved).toEqual(['不能丢']);
  expect(states.at(-1)).toBe('saved');
});

it('forgets what waits once the task is decided', async () => {
  const saver = makeSaver();
  saver.change('已经提交了');

  await saver.cancel();
  await vi.advanceTimersByTimeAsync(10_000);

  expect(saved).toEqual([]);
});

it('lets a save that is under way end before the decision is sent, and does not repeat a failed one', async () => {
  let end: (outcome: Error | undefined) => void = () => undefined;
  const saves: string[] = [];
  const saver = new DraftSaver<string>({
    save: (value) => {
      saves.push(value);
      return new Promise((resolve, reject) => {
        end = (error) => {
          if (error) reject(error);
          else resolve();
        };
      });
    },
    onstate: () => undefined,
  });
  saver.change('一');
  void saver.flush();
  await vi.advanceTimersByTimeAsync(0);
  let cancelled = false;
  const cancelling = saver.cancel().then(() => (cancelled = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(cancelled).toBe(false);

  end(new Error('away'));
  await cancelling;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(saves).toEqual(['一']);
});
