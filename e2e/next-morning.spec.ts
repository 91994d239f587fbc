/** Whoever starts the demo in the evening and comes back fourteen hours later finds a community at work, not a heap of overdue cases. */
import { expect, it } from 'vitest';
import { sleepOver } from './next-morning.ts';
import { desk, phone, sees, type Person } from './people.ts';
import { describeJourneys } from './stage.ts';
import { inDatabase } from './world.ts';

const forgotten = ['2-2-1102 次卧', '东门车行道闸'] as const;
const lapsed = '3 号楼垃圾房';

describeJourneys('the next morning', ({ product, comes }) => {
  it('two cases are overdue, an offer that nobody took came back, and everybody has work', async () => {
    await inDatabase(product(), (db) => sleepOver(db, 14));
    const [owner, dispatcher, technician, manager, hr] = await Promise.all([
      comes('owner', phone),
      comes('dispatcher', desk),
      comes('technician', desk),
      comes('manager', desk),
      comes('hr', desk),
    ]);

    const { page } = manager;
    await page.getByRole('link', { name: '已逾期 2' }).click();
    for (const place of forgotten) await sees(page.getByRole('link', { name: place }));
    expect(await page.getByRole('link', { name: /WX-|QJ-/ }).count()).toBe(2);
    await page.goto('/notifications');
    for (const place of forgotten)
      await sees(page.getByRole('link', { name: new RegExp(`逾期升级：紧急派单.*${place}`) }));

    expect(await rows(dispatcher, 'pool')).toEqual({ overdue: 2, some: true });
    for (const place of forgotten)
      await sees(dispatcher.page.getByRole('link', { name: new RegExp(`${place}.*逾期`) }));
    expect(await rows(dispatcher, 'mine')).toEqual({ overdue: 0, some: true });
    await sees(dispatcher.page.getByRole('link', { name: new RegExp(`${lapsed}.*分类派单`) }));
    expect(await rows(technician, 'mine')).toEqual({ overdue: 0, some: true });
    expect(await rows(manager, 'pool')).toEqual({ overdue: 0, some: true });
    expect(await rows(hr, 'mine')).toEqual({ overdue: 0, some: true });

    for (const waiting of ['验收', '评价'])
      await sees(owner.page.getByRole('link', { name: new RegExp(`^${waiting}`) }));
    await sees(owner.page.getByRole('link', { name: /师傅正在上门|等待派单/ }));
    for (const person of [owner, dispatcher, technician, manager, hr]) expect(person.faults).toEqual([]);
  }, 120_000);
});

/** Of a view of the inbox. */
async function rows({ page }: Person, view: string): Promise<{ overdue: number; some: boolean }> {
  await page.goto(`/inbox?view=${view}`);
  const list = page.getByRole('region', { name: '任务列表' });
  await sees(list.getByText(/已全部显示|没有/));
  const all = await list.getByRole('listitem').allInnerTexts();
  return { overdue: all.filter((text) => text.includes('逾期')).length, some: all.length > 0 };
}
