/**
 * Journeys in a real browser against a product started as people start it: real Postgres, real Temporal, the demo community.
 * Selectors are what people see: roles and visible texts.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawPhoto } from '../server/demo/photos.ts';
import { findBrowser, launchBrowser, missingBrowser } from './browser.ts';
import { measureScripts } from './page-weight.ts';
import { arrive, desk, openRow, phone, sees, signInAs, takePictures, type Person } from './people.ts';
import { startProduct, type Product } from './product.ts';

const executable = findBrowser();
/** Unique, so that the journey's repair is told from the demo's. */
const place = '书房窗边第三块地砖';

describe.skipIf(executable === undefined)(
  executable === undefined ? `journeys in a browser (${missingBrowser})` : 'journeys in a browser',
  () => {
    let product: Product;
    /** Two browsers, not two tabs: the owner's and the staff's share nothing. */
    let owners: Browser;
    let staff: Browser;

    const closers: (() => Promise<void>)[] = [];
    let present: Person[] = [];
    const comes = async (browser: Browser, screen: typeof phone | typeof desk): Promise<Person> => {
      const person = await arrive(browser, product.address, screen);
      present.push(person);
      return person;
    };

    beforeAll(async () => {
      product = await startProduct();
      closers.push(() => product.stop());
      [owners, staff] = await Promise.all([launchBrowser(executable!), launchBrowser(executable!)]);
      closers.push(
        () => owners.close(),
        () => staff.close(),
      );
    }, 600_000);

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`${(await takePictures(present)).join('\n')}\n`);
      await Promise.all(present.map(({ context }) => context.close()));
      present = [];
    }, 30_000);

    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    }, 60_000);

    it('a repair goes from report to rating, and each sees the other’s step without reloading', async () => {
      const owner = await comes(owners, phone);
      const dispatcher = await comes(staff, desk);
      const technician = await comes(staff, desk);
      await Promise.all([
        signInAs(owner, 'owner'),
        signInAs(dispatcher, 'dispatcher'),
        signInAs(technician, 'technician'),
      ]);
      await dispatcher.page.goto('/inbox?view=pool');
      await technician.page.goto('/inbox?view=mine');

      await report(owner);
      await followsAs(owner, '等待派单');

      await dispatch(dispatcher, '陈志强');
      await followsAs(owner, '已派单，等待接单');

      await act(technician, '接单');
      await followsAs(owner, '师傅正在上门');
      await comeTo(technician);
      await followsAs(owner, '维修中');
      await repair(technician);

      await accept(owner);
      await rate(owner);
      await sees(owner.page.getByText('已完成'));

      await dispatcher.page.goto('/inbox?view=done');
      await sees(dispatcher.page.getByRole('link', { name: place }));
      for (const person of [owner, dispatcher, technician]) expect(person.faults).toEqual([]);
    }, 120_000);

    it('a technician works through the inbox on a phone', async () => {
      const technician = await comes(staff, phone);
      await signInAs(technician, 'technician');
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
        comes(owners, phone),
        comes(staff, desk),
        comes(staff, phone),
      ]);
      await Promise.all([signInAs(owner, 'owner'), signInAs(manager, 'dispatcher')]);
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
      const dispatcher = await comes(staff, desk);
      await signInAs(dispatcher, 'dispatcher');
      const task = await firstLink(dispatcher, '/inbox?view=mine', 'task=');

      expect(await measureScripts(dispatcher, '/inbox')).toBeLessThan(120);
      expect(await measureScripts(dispatcher, task)).toBeLessThan(220);
      expect(await measureScripts(dispatcher, '/start/repair')).toBeLessThan(220);
    }, 60_000);
  },
);

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

async function report({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: /^报修/ }).click();
  const photo = { name: 'tile.jpg', mimeType: 'image/jpeg', buffer: await drawPhoto('wall') };
  await page.locator('input[type=file]').first().setInputFiles(photo);
  await page.getByText('墙面地面').click();
  await page.getByLabel('问题描述').fill('书房靠窗的地砖空鼓，踩上去会响，缝里有水。');
  await page.getByLabel('具体位置').fill(place);
  await page.getByRole('button', { name: '提交报修' }).click();
  await page.getByRole('link', { name: '查看进度' }).click();
}

/** The owner's case page says the stage by itself. */
async function followsAs({ page }: Person, stage: string): Promise<void> {
  await sees(page.getByText(stage));
}

async function dispatch(person: Person, technician: string): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  await page.getByText('指派', { exact: true }).click();
  await page.getByLabel('维修工').click();
  await page.getByRole('combobox', { name: /维修工/ }).fill(technician);
  await page.getByRole('option', { name: technician }).click();
  await press(person, '派单');
}

async function act(person: Person, action: string): Promise<void> {
  await openRow(person, place);
  await press(person, action);
}

/** What needs no reason happens at one press. */
async function press({ page }: Person, action: string): Promise<void> {
  await page.getByRole('button', { name: action, exact: true }).click();
}

/** With a photo of the spot; the position would do as well. */
async function comeTo(person: Person): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  const photo = { name: 'before.jpg', mimeType: 'image/jpeg', buffer: await drawPhoto('wall') };
  await page.locator('input[type=file]').first().setInputFiles(photo);
  await press(person, '已到场');
}

async function repair(person: Person): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  // The next task had opened by itself and may have the same fields.
  await sees(page.getByRole('heading', { name: place }));
  await page.getByLabel('维修记录').fill('起砖重铺，补缝并做防水，静置后无空响。');
  await page.getByLabel('用时').fill('90');
  await press(person, '完成维修');
}

async function accept({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: '验收', exact: true }).click();
  await sees(page.getByText('起砖重铺'));
  await page.getByRole('button', { name: '验收通过' }).click();
}

async function rate({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: '评价', exact: true }).click();
  await page.getByRole('radio', { name: /5/ }).check({ force: true });
  await page.getByRole('button', { name: '提交评价' }).click();
}
