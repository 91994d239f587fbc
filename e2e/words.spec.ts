/**
 * Two people from elsewhere: one whose browser stands in New York still reads the community's times; one whose browser speaks English reads
 * English on every page, and Chinese only in what people wrote.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { desk, phone, sees } from './people.ts';
import { describeJourneys } from './stage.ts';
import { chineseOf, textsOf } from './words.ts';

const english = { locale: 'en-US', timezoneId: 'America/New_York' };

interface Item {
  id: string;
}

describeJourneys('words and times in a browser', ({ comes }) => {
  it('shows the times of the community to a browser in New York', async () => {
    const { page } = await comes('manager', desk, { timezoneId: 'America/New_York' });
    expect(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)).toBe('America/New_York');
    const [{ id }] = await read<[Item]>(page, '/api/cases/search?limit=1');
    await page.goto(`/cases/${id}`);
    await sees(page.locator('time[title]'));

    // What happened a moment ago says so, and the moment itself in its tooltip.
    const shown = await page
      .locator('time')
      .evaluateAll((times) =>
        times.map((time) => [
          time.getAttribute('datetime') ?? '',
          `${time.textContent} ${time.getAttribute('title') ?? ''}`,
        ]),
      );
    const exact = shown.filter(([, text = '']) => /\d\d:\d\d/.test(text));
    expect(exact.length).toBeGreaterThan(2);
    for (const [at = '', text] of exact) {
      expect(text, at).toContain(clockIn('Asia/Shanghai', at));
      expect(text, at).not.toContain(clockIn('America/New_York', at));
    }
  }, 60_000);

  it.each([
    [
      'admin',
      [
        '/overview',
        '/admin/roles',
        '/admin/roles?role=hr',
        '/admin/roles?view=table',
        '/admin/system',
        '/outbox',
        '/cases',
      ],
    ],
    ['hr', ['/overview', '/notifications', '/profile', '/start', '/start/leave', '/start/repair']],
    ['manager', ['/overview', '/notifications', '/outbox', '/cases?status=running&overdue=true']],
    ['staff', ['/profile', '/start', '/start/leave']],
  ])(
    'speaks English to %s on every page',
    async (username, paths) => {
      const { page, faults } = await comes(username, desk, english);
      for (const path of paths) await expectEnglish(page, path);
      for (const view of ['mine', 'pool', 'today', 'overdue', 'done', 'started', 'cc'])
        await expectEnglish(page, `/inbox?view=${view}`);
      for (const { id } of await read<Item[]>(page, '/api/cases/search?limit=4')) await expectEnglishCase(page, id);
      expect(faults).toEqual([]);
    },
    180_000,
  );

  it.each(['dispatcher', 'technician', 'manager'])(
    'speaks English in the tasks of %s',
    async (username) => {
      const { page } = await comes(username, desk, english);
      for (const view of ['mine', 'pool', 'done']) {
        for (const { id } of (await read<Item[]>(page, `/api/tasks?view=${view}&limit=4`)).slice(0, 4))
          await expectEnglish(page, `/inbox?view=${view}&task=${id}`);
      }
    },
    180_000,
  );

  it('goes on in the language of the account, wherever one signs in', async () => {
    const first = await comes('director', desk, {});
    await choose(first.page, 'en');
    const later = await comes('director', desk, { locale: 'zh-CN' });

    await sees(later.page.getByRole('link', { name: 'My tasks', exact: true }));
    await later.page.goto('/sign-in');
    await later.page.waitForURL(/\/overview/);
    await choose(later.page, 'zh-CN');
  }, 60_000);

  it('speaks English in the portal, to who asked for it in Chinese surroundings too', async () => {
    const { page, faults } = await comes('owner', phone, { locale: 'zh-CN' });
    await choose(page, 'zh-CN');
    await page.goto('/portal/me');
    await sees(page.getByRole('heading', { name: '登录的设备' }));
    expect(chineseOf(await textsOf(page)).length).toBeGreaterThan(10);
    await page.getByText('English', { exact: true }).click();
    await sees(page.getByRole('heading', { name: 'Where I am signed in' }));

    const mine = await read<Item[]>(page, '/api/cases?limit=4');
    const tasks = await read<Item[]>(page, '/api/tasks?view=mine');
    expect(mine.length).toBeGreaterThan(0);
    const pages = [
      '/portal',
      '/portal/cases',
      '/portal/report',
      '/portal/report?flow=repair',
      '/portal/me',
      '/portal/notices',
    ];
    const opened = [...mine.map(({ id }) => `/portal/cases/${id}`), ...tasks.map(({ id }) => `/portal/tasks/${id}`)];
    for (const path of [...pages, ...opened]) await expectEnglish(page, path);
    await choose(page, 'zh-CN');
    expect(faults).toEqual([]);
  }, 180_000);
});

/** The language that the account keeps, whoever used it before. */
async function choose(page: Page, locale: string): Promise<void> {
  const answer = await page.request.patch('/api/me', { data: { locale }, headers: { 'x-guanjia': '1' } });
  expect(answer.status()).toBe(200);
}

async function read<Items>(page: Page, path: string): Promise<Items> {
  const { items } = (await (await page.request.get(path)).json()) as { items: (Item | { case: Item })[] };
  return items.map((item) => ('case' in item ? item.case : item)) as Items;
}

function clockIn(timeZone: string, at: string): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return new Intl.DateTimeFormat('zh-CN', options).format(new Date(at));
}

/** Once the page has all it shows: what is still loading says nothing yet. */
async function expectEnglish(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settle(page);
  const texts = await textsOf(page);
  expect(texts.length, path).toBeGreaterThan(10);
  expect(chineseOf(texts), path).toEqual([]);
}

async function expectEnglishCase(page: Page, id: string): Promise<void> {
  await expectEnglish(page, `/cases/${id}`);
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await settle(page);
    expect(chineseOf(await textsOf(page)), `case ${id}, ${(await tab.textContent()) ?? ''}`).toEqual([]);
  }
}

async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-busy=true], .animate-pulse.bg-sunken') === null &&
      document.querySelector('main') !== null,
  );
}
