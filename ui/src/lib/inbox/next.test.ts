import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextOfCase } from './next.ts';

const decided = { id: 't1', caseId: 'c1', opened: ['t2', 't3'] };
const row = (id: string, caseId: string) => ({ id, caseId, state: 'open' as const });

interface Known {
  mine: boolean;
  claim: boolean;
  state?: string;
}
function serves(known: Record<string, Known>): void {
  vi.stubGlobal('fetch', (url: string) => {
    const id = url.split('/').at(-1) ?? '';
    const task = known[id];
    if (!task) return Promise.resolve(new Response('{"code":"not_found"}', { status: 404 }));
    const { mine, claim, state = 'open' } = task;
    return Promise.resolve(new Response(JSON.stringify({ task: { id, state }, mine, allow: { claim } })));
  });
}
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the next task of the same case', () => {
  it('is the one that the person holds, before one to claim', async () => {
    serves({ t2: { mine: false, claim: true }, t3: { mine: true, claim: false } });

    await expect(nextOfCase(decided, [])).resolves.toBe('t3');
  });

  it('may be one to claim', async () => {
    serves({ t2: { mine: false, claim: false }, t3: { mine: false, claim: true } });

    await expect(nextOfCase(decided, [])).resolves.toBe('t3');
  });

  it('may stand in the list already, and is never of another case nor the decided one', async () => {
    const mine = { mine: true, claim: false };
    serves({ t1: mine, t4: mine, t5: mine });

    await expect(nextOfCase(decided, [row('t1', 'c1'), row('t4', 'c2'), row('t5', 'c1')])).resolves.toBe('t5');
  });

  it('is none where others go on, or it is closed by now', async () => {
    serves({ t2: { mine: false, claim: false }, t3: { mine: true, claim: false, state: 'done' } });

    await expect(nextOfCase(decided, [row('t4', 'c2')])).resolves.toBeUndefined();
  });
});
