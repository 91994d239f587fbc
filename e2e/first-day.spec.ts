/**
 * The first day of the product, as several people live it at the same time: a chargeable repair, an owner who reads English, a leave,
 * an emergency at night.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readScenarios } from '../server/demo/scenarios.ts';
import { readDemoSources } from '../server/demo/sources.ts';
import { resolveFields } from '../server/demo/values.ts';
import { desk, openRow, phone, press, sees, type Person } from './people.ts';
import { accept, act, actBecause, assign, comeTo, finish, photo, rate, report } from './repairs.ts';
import { describeJourneys } from './stage.ts';
import { hurry, inDatabase, makeNight, passLeave } from './world.ts';

/** A running product (E2E_ADDRESS) has the cases of earlier runs. */
const run = String(Date.now() % 1_000_000);

describeJourneys('the first day', ({ product, comes }) => {
  it('a chargeable repair is declined, quoted, paused, reworked, accepted and rated before five people', async () => {
    const place = `阳台推拉门 ${run}`;
    const [owner, dispatcher, first, second, manager] = await Promise.all([
      comes('owner', phone),
      comes('dispatcher', desk),
      comes('technician', desk),
      comes('cao.lifeng', desk),
      comes('manager', desk),
    ]);
    await dispatcher.page.goto('/inbox?view=pool');
    await report(owner, { place, category: '门窗', description: '推拉门滑轮碎了，推不动。' });
    await sees(owner.page.getByText('等待派单'));

    await assign(dispatcher, place, '陈志强');
    await sees(owner.page.getByText('已派单，等待接单'));
    await actBecause(first, { place, action: '拒单', reason: '今天排满了' });
    await sees(owner.page.getByText('等待派单'));
    await dispatcher.page.goto('/inbox?view=mine');
    await openRow(dispatcher, place);
    await sees(dispatcher.page.getByText('今天排满了'));
    await assign(dispatcher, place, '曹立峰');
    await act(second, place, '接单');
    await sees(owner.page.getByText('师傅正在上门'));

    await comeTo(second, place, { chargeable: true });
    await sees(owner.page.getByText('正在报价'));
    await quote(second, place);
    await consent(owner);
    await sees(owner.page.getByText('维修中'));
    await waitForParts(second, place);
    await sees(owner.page.getByText(/等待配件，预计 .+ 继续/));

    await manager.page.getByRole('link', { name: /^曹立峰：/ }).click();
    await manager.page.getByRole('link', { name: place }).click();
    await sees(manager.page.getByText(/暂停至/));
    await manager.page.getByRole('tab', { name: '流程' }).click();
    const tree = manager.page.getByRole('region', { name: '流程位置' });
    await sees(tree.getByRole('button', { name: /^维修处理\s*\(进行中\)/ }));
    await sees(tree.getByText('收费', { exact: true }));

    await second.page.getByRole('button', { name: '恢复计时' }).first().click();
    await owner.page.getByText(/等待配件，预计 .+ 继续/).waitFor({ state: 'detached' });
    await finish(second, place, '换了四个滑轮，推拉顺畅。');
    await askForRework(owner, '右边那扇还是卡');
    await openRow(second, place);
    await sees(second.page.getByText('右边那扇还是卡'));
    await finish(second, place, '右扇轨道校直，两扇都顺畅。');
    await accept(owner, '右扇轨道校直');
    await rate(owner);

    await sees(tree.getByRole('button', { name: /^评价\s*\(已完成\)/ }));
    await manager.page.getByRole('tab', { name: '记录' }).click();
    const told = manager.page.getByRole('tabpanel', { name: '记录' });
    for (const said of ['今天排满了', '等待配件', '右边那扇还是卡']) await sees(told.getByText(said));
    await sees(told.getByText('林晓梅 完成「评价」：提交评价'));
    for (const person of [owner, dispatcher, first, second, manager]) expect(person.faults).toEqual([]);
  }, 240_000);

  it('an owner reports and follows in English, and meets no Chinese but what people wrote', async () => {
    const place = `Balcony door ${run}`;
    const [owner, dispatcher, technician] = await Promise.all([
      comes(null, phone),
      comes('dispatcher', desk),
      comes('technician', desk),
    ]);
    await dispatcher.page.goto('/inbox?view=pool');
    const { page } = owner;
    await page.goto('/');
    await page.getByRole('button', { name: '切换语言' }).click();
    await page.getByLabel('Username').fill('wang.lihua');
    await page.getByLabel('Password', { exact: true }).fill('guanjia-demo');
    expect(await chineseOn(owner)).toEqual([]);
    await page.keyboard.press('Enter');
    await sees(page.getByText(/^(Still up|Good|Hello)/));
    expect(await chineseOn(owner)).toEqual([]);

    await page.getByRole('link', { name: /^Report a repair/ }).click();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(await photo('door'));
    await page.getByText('Doors and windows').click();
    await page.getByLabel('Description').fill('The lock is stuck.');
    await page.getByLabel('Place').fill(place);
    expect(await chineseOn(owner)).toEqual([]);
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    await page.getByRole('link', { name: 'Follow it' }).click();
    await sees(page.getByText('Waiting for dispatch'));

    await assign(dispatcher, place, '陈志强');
    await sees(page.getByText('Dispatched, waiting to be accepted'));
    await act(technician, place, '接单');
    await sees(page.getByText('The technician is on the way'));
    await comeTo(technician, place);
    await sees(page.getByText('Being repaired'));
    await finish(technician, place, 'New lock, tried ten times.');
    await page.getByRole('link', { name: 'Accept the repair' }).click();
    await sees(page.getByText('New lock, tried ten times.'));
    expect(await chineseOn(owner)).toEqual([]);
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByRole('link', { name: 'Rate the repair' }).click();
    await page.getByRole('radio', { name: /5/ }).check({ force: true });
    await page.getByRole('button', { name: 'Rate', exact: true }).click();
    await sees(page.getByRole('heading', { level: 2 }).locator('..').getByText('Completed'));
    expect(await chineseOn(owner)).toEqual([]);
    for (const person of [owner, dispatcher, technician]) expect(person.faults).toEqual([]);
  }, 180_000);

  it('five days of leave are worked out, covered, approved twice, charged, and over', async () => {
    const reason = `回老家 ${run}`;
    const [asking, cover, head, hr] = await Promise.all([
      comes('staff', phone),
      comes('hou.yong', desk),
      comes('lei.junping', desk),
      comes('hr', desk),
    ]);
    const week = await nextWeek();
    const before = await annualDays(hr, week);
    await askForLeave(asking, { ...week, reason });
    await sees(asking.page.getByText('本次 5 天'));
    await sees(asking.page.getByText('剩余 0 天'));
    await press(asking, '提交请假');
    await sees(asking.page.getByRole('link', { name: '查看进度' }));

    const row = new RegExp(`赵磊 年假 ${week.fromDate}`);
    await openRow(cover, row);
    await press(cover, '同意代理');
    await hr.page.goto('/inbox');
    for (const person of [head, hr]) {
      await openRow(person, row);
      await sees(person.page.getByText(reason));
      await press(person, '同意');
    }
    await expect.poll(() => annualDays(hr, week), { timeout: 15_000 }).toBe(before - 5);

    await inDatabase(product(), (db) => passLeave(db, reason));
    await asking.page.goto('/inbox?view=mine');
    await openRow(asking, row);
    await asking.page.getByLabel('返岗日期').fill(todayInShanghai());
    await press(asking, '销假');
    expect(await annualDays(hr, week)).toBe(before - 5);
    await askForLeave(asking, { ...week, reason });
    await sees(asking.page.getByText('余额不足：可用 0 天，本次 5 天'));
    for (const person of [asking, cover, head, hr]) expect(person.faults).toEqual([]);
  }, 180_000);

  // The last one: repairs that start after it are in a hurry.
  it('an emergency at night that nobody takes reaches the manager, then the director, and can still be dispatched', async () => {
    await inDatabase(product(), async (db) => {
      await hurry(db, 'repair');
      await makeNight(db, 'han.lei');
    });
    const place = `卫生间顶上 ${run}`;
    const [owner, late, watchman, manager, director] = await Promise.all([
      comes('owner', phone),
      comes('zheng.jiaqi', desk),
      comes('han.lei', desk),
      comes('manager', desk),
      comes('director', desk),
    ]);
    for (const { page } of [manager, director]) await page.goto('/notifications');
    await report(owner, { place, category: '水路', description: '楼上爆管，水往下流。', urgent: true });
    await sees(owner.page.getByText('紧急，正在派单'));

    const patience = { timeout: 90_000 };
    const told = (person: Person) =>
      person.page.getByRole('link', { name: new RegExp(`逾期升级：紧急派单.*${place}`) });
    await told(manager).waitFor(patience);
    expect(await told(director).count()).toBe(0);
    await told(director).waitFor(patience);
    for (const { page } of [manager, director]) {
      await page.goto('/inbox?view=cc');
      await sees(page.getByRole('link', { name: place }));
    }
    await sees(owner.page.getByText('紧急，正在派单'));

    await late.page.goto('/inbox?view=pool');
    await openRow(late, place);
    await sees(late.page.getByText(/逾期/));
    await late.page.getByText('派给值班', { exact: true }).click();
    await press(late, '派单');
    await sees(owner.page.getByText('已派单，等待接单'));
    await act(watchman, place, '接单');
    await sees(owner.page.getByText('师傅正在上门'));
    for (const person of [owner, late, watchman, manager, director]) expect(person.faults).toEqual([]);
  }, 240_000);
});

async function quote(person: Person, place: string): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  await sees(page.getByRole('heading', { name: place }));
  const lines = [
    ['材料', '不锈钢滑轮', '4', '35.5'],
    ['人工', '拆装调试', '1', '80'],
  ] as const;
  for (const [index, [kind, name, quantity, price]] of lines.entries()) {
    await page.getByRole('button', { name: '添加一行' }).click();
    const row = page.getByRole('group', { name: `第 ${index + 1} 行` });
    await row.getByRole('combobox', { name: '类别' }).selectOption({ label: kind });
    await row.getByRole('textbox', { name: '名称' }).fill(name);
    await row.getByRole('textbox', { name: '数量' }).fill(quantity);
    await row.getByRole('textbox', { name: '单价' }).fill(price);
  }
  await sees(page.getByText('222.00'));
  await press(person, '提交报价');
}

/** The owner reads what it comes to and what for, then agrees. */
async function consent({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: /报价/ }).click();
  const card = page.getByRole('region', { name: '报价' });
  await sees(card.getByText('222.00'));
  await sees(card.getByText('不锈钢滑轮'));
  await sees(card.getByText('142.00'));
  await page.getByRole('button', { name: '同意报价' }).click();
}

async function waitForParts(person: Person, place: string): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  await sees(page.getByRole('button', { name: '完成维修' }));
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('menuitem', { name: '等待，暂停计时' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '等待配件' }).click();
  await dialog.getByRole('button', { name: '暂停', exact: true }).click();
  await sees(page.getByText(/等待配件，预计 .+ 继续/));
}

async function askForRework({ page }: Person, reason: string): Promise<void> {
  await page.getByRole('link', { name: '验收', exact: true }).click();
  await page.getByRole('button', { name: '要求返工' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').fill(reason);
  await sheet.getByRole('button', { name: '要求返工' }).click();
}

const { staff, residents, community } = readDemoSources();
const written = [
  ...[...staff.employees, ...residents, community].map(({ name }) => name),
  ...readScenarios().map(({ fields }) => String(fields.place)),
];

/** What is Chinese on the page, but for names and what the people of the demo wrote. */
async function chineseOn({ page }: Person): Promise<string[]> {
  const text = await page.locator('body').innerText();
  const words = new Set(text.match(/\p{Script=Han}+/gu));
  return [...words].filter((word) => !written.some((text) => text.includes(word)));
}

interface Week {
  fromDate: string;
  toDate: string;
}

/** Monday to Friday. */
async function nextWeek(): Promise<Week> {
  const nobody = (): Promise<string> => Promise.reject(new Error('only dates'));
  const meaning = { loadedAt: new Date(), timeZone: 'Asia/Shanghai', photo: nobody, caseOf: nobody };
  return (await resolveFields({ fromDate: 'weekday:1-1', toDate: 'weekday:1-5' }, meaning)) as unknown as Week;
}

function todayInShanghai(): string {
  return new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
}

/** Fills the request; what it comes to is worked out meanwhile. */
async function askForLeave({ page }: Person, { fromDate, toDate, reason }: Week & { reason: string }): Promise<void> {
  await page.goto('/start/leave');
  await choose(page, '假期类型', '年假');
  await page.getByLabel('开始日期').fill(fromDate);
  await page.getByLabel('结束日期').fill(toDate);
  await page.getByLabel('请假事由').fill(reason);
  await choose(page, '工作代理人', '侯勇');
}

async function choose(page: Page, field: string, name: string): Promise<void> {
  await page.getByRole('button', { name: field }).click();
  await page.getByRole('combobox', { name: field }).fill(name);
  await page.getByRole('option', { name }).click();
}

interface LedgerLine {
  fields: { days: number; year: number; leaveType: string };
  labels: Record<string, string>;
}

/** What the ledger says that 赵磊 has of annual leave in the year of a date, as HR reads it. */
async function annualDays({ context }: Person, { fromDate }: Week): Promise<number> {
  const answer = await context.request.get('/api/forms/leaveLedger/records', { params: { q: '赵磊', limit: 100 } });
  const { items } = (await answer.json()) as { items: LedgerLine[] };
  const annual = items.filter(({ fields, labels }) => labels[fields.leaveType] === '年假');
  const ofYear = annual.filter(({ fields }) => String(fields.year) === fromDate.slice(0, 4));
  return ofYear.reduce((sum, { fields }) => sum + fields.days, 0);
}
