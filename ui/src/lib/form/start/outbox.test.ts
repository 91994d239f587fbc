import { describe, expect, it, vi } from 'vitest';
import { ApiProblem } from '#lib/api/problem.ts';
import type { CaseStarted } from '#lib/api/types.gen.ts';
import { Drafts } from '../draft.ts';
import { aShelf } from '../testing-shelf.ts';
import { sendWaiting, waitingIn, type Deliver } from './outbox.ts';

const title = { 'zh-CN': '报修', en: 'Repair' };
const report = { values: { place: '主卫' }, labels: {}, version: 1, key: 'k1', sent: '{"fields":{"place":"主卫"}}' };
const waits = { flow: 'repair', title };
const started = { case: { id: 'c1' } } as CaseStarted;

function aBox() {
  const drafts = new Drafts(aShelf());
  drafts.write('lin.start.repair', { ...report, waits });
  drafts.write('lin.start.errand', { ...report, key: 'k2' });
  drafts.write('wang.start.repair', { ...report, key: 'k3', waits });
  return drafts;
}

describe('the outbox', () => {
  it('sends what was submitted, with its first key, and nothing that was only begun or is another person’s', async () => {
    const drafts = aBox();
    const deliver = vi.fn<Deliver>().mockResolvedValue({ value: started, pending: false });

    const delivered = await sendWaiting(drafts, 'lin.', deliver);

    expect(deliver.mock.calls).toEqual([['repair', { fields: { place: '主卫' } }, 'k1']]);
    expect(delivered).toEqual([{ name: 'lin.start.repair', title, started, pending: false }]);
    expect(waitingIn(drafts, 'lin.')).toEqual([]);
    expect(drafts.read('lin.start.errand')).toBeDefined();
    expect(waitingIn(drafts, 'wang.')).toHaveLength(1);
  });

  it('keeps it while no server answers, or nobody is signed in', async () => {
    for (const status of [0, 503, 401]) {
      const drafts = aBox();
      await sendWaiting(drafts, 'lin.', () => Promise.reject(new ApiProblem(status, {})));
      expect(waitingIn(drafts, 'lin.')).toMatchObject([{ flow: 'repair', refused: undefined }]);
      expect(drafts.read('lin.start.repair')).toMatchObject({ key: 'k1', sent: report.sent });
    }
  });

  it('keeps what was refused for the person to look at, and does not send it again by itself', async () => {
    const drafts = aBox();
    const deliver = vi.fn<Deliver>().mockRejectedValue(new ApiProblem(422, { code: 'invalid_fields' }));

    await sendWaiting(drafts, 'lin.', deliver);
    await sendWaiting(drafts, 'lin.', deliver);

    expect(deliver).toHaveBeenCalledTimes(1);
    expect(waitingIn(drafts, 'lin.')).toMatchObject([{ refused: 'invalid_fields' }]);
    expect(drafts.read('lin.start.repair')).toMatchObject({ values: { place: '主卫' } });
    expect(drafts.read('lin.start.repair')?.key).toBeUndefined();
  });
});
