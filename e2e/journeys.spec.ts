/**
 * Journeys in a real browser against a product started as people start it: real Postgres, real Temporal, the demo community.
 * Selectors are what people see: roles and visible texts.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { measureScripts } from './page-weight.ts';
import { desk, openRow, phone, press, sees, type Person } from './people.ts';
import { accept, act, assign, comeTo, finish, rate, report } from './repairs.ts';
import { describeJourneys } from './stage.ts';

describeJourneys('journeys in a browser', ({ comes }) => {
  it('a repair goes from report to rating, and each sees the other’s step without reloading', async () => {
    const [owner, dispatcher, technician] = await Promise.all([
      comes('owner', phone),
      comes('dispatcher', desk),
      comes('technician', desk),
    ]);
    await dispatcher.page.goto('/inbox?view=pool');
    await technician.page.goto('/inbox?view=mine');

    // Another name each time: a running product (E2E_ADDRESS) has those of before.
    const place = `书房窗边第三块地砖 ${Date.now() % 1_000_000}`;
    await report(owner, { place, category: '墙面地面', description: '地砖空鼓，踩上去会响，缝里有水。' });
    await sees(owner.page.getByText('等待派单'));

    await assign(dispatcher, place, '陈志强');
    await sees(owner.page.getByText('已派单，等待接单'));

    await act(technician, place, '接单');
    await sees(owner.page.getByText('师傅正在上门'));
    await comeTo(technician, place);
    await sees(owner.page.getByText('维修中'));
    await finish(technician, place, '起砖重铺，补缝并做防水，静置后无空响。');

    await accept(owner, '起砖重铺');
    await rate(owner);

    await dispatcher.page.goto('/inbox?view=done');
    await sees(dispatcher.page.getByRole('link', { name: place }));
    for (const person of [owner, dispatcher, technician]) expect(person.faults).toEqual([]);
  }, 120_000);

  it('a technician works through the inbox on a phone', async () => {
    const technician = await comes('technician', phone);
    const { page } = technician;

    await openRow(technician, '2-1-0803 入户门');
    await sees(page.getByRole('heading', { name: '2-1-0803 入户门' }));
    await sees(page.getByText('入户门锁把手下垂'));
    await press(technician, '接单');
    await openRow(technician, /0803 入户门.*到场签到/);
    await sees(page.getByRole('button', { name: '已到场' }));
    await page.getByRole('button', { name: '返回' }).click();
    await sees(page.getByRole('link', { name: '1-1-1602 厨房' }));

    expect(await widthOf(page)).toBeLessThanOrEqual(phone.viewport.width);
    expect(technician.faults).toEqual([]);
  }, 60_000);

  it('no page has a serious accessibility fault', async () => {
    const [owner, manager, stranger] = await Promise.all([
      comes('owner', phone),
      comes('dispatcher', desk),
      comes(null, phone),
    ]);
    const pages: [Person, string, Locator][] = [
      [stranger, '/sign-in', stranger.page.getByRole('button', { name: '林晓梅' })],
      [owner, '/portal', owner.page.getByRole('heading', { name: '进行中' })],
      [owner, '/portal/report', owner.page.getByRole('button', { name: '提交报修' })],
      [owner, '/portal/cases', owner.page.getByRole('link', { name: /WX-/ })],
      [
        owner,
        await firstLink(owner, '/portal', '/portal/tasks/'),
        owner.page.getByRole('button', { name: '验收通过' }),
      ],
      [owner, await firstLink(owner, '/portal/cases', '/portal/cases/'), owner.page.getByText('已提交')],
      [manager, '/inbox?view=pool', manager.page.getByRole('link', { name: /\d-\d-\d{4}|号楼/ })],
      [
        manager,
        await firstLink(manager, '/inbox?view=mine', 'task='),
        manager.page.getByRole('button', { name: '派单' }),
      ],
      [manager, '/start', manager.page.getByRole('link', { name: /报修/ })],
      [manager, '/start/repair', manager.page.getByRole('button', { name: '提交报修' })],
      [manager, '/notifications', manager.page.getByRole('heading', { name: '通知' })],
      [manager, '/profile', manager.page.getByRole('heading', { name: '修改密码' })],
    ];
    const found: Record<string, string[]> = {};
    for (const [{ page }, url, sign] of pages) {
      await page.goto(url);
      await sees(sign);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      if (serious.length > 0) found[url] = serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    }

    expect(found).toEqual({});
  }, 120_000);

  it('pages stay light: 120 kB of JavaScript for the inbox, 220 kB for one with a form', async () => {
    const [dispatcher, owner] = [await comes('dispatcher', desk), await comes('owner', phone)];
    const task = await firstLink(dispatcher, '/inbox?view=mine', 'task=');

    const inbox = await measureScripts(dispatcher, '/inbox');
    expect(inbox).toBeLessThan(120);
    // No page comes without the framework: less than this is none at all.
    expect(inbox).toBeGreaterThan(30);
    for (const [person, form] of [
      [dispatcher, task],
      [dispatcher, '/start/repair'],
      [owner, '/portal/report'],
    ] as const) {
      const size = await measureScripts(person, form);
      expect(size).toBeLessThan(220);
      expect(size).toBeGreaterThan(inbox);
    }
  }, 60_000);
});

/** How wide the page wants to be: wider than its window means it scrolls sideways. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

/** The first link on a page to an address of this kind. */
async function firstLink({ page }: Person, on: string, kind: string): Promise<string> {
  await page.goto(on);
  const address = await page.locator(`a[href*="${kind}"]`).first().getAttribute('href');
  if (address === null) throw new Error(`${on} has no link to ${kind}`);
  return address;
}
