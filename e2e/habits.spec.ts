/**
 * What people do besides the straight way, in a real browser against a product started as people start it: fill without a network and
 * close the page, work by keyboard, decline, withdraw, go back.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { desk, openRow, phone, sees, type Person } from './people.ts';
import { describeJourneys } from './stage.ts';
import { walkTour } from './tour.ts';

describeJourneys('habits in a browser', ({ product, comes }) => {
  it('sends a report that was submitted without a network when any page is opened again', async () => {
    const { context, page } = await comes('owner', phone);
    await page.getByRole('link', { name: /^报修/ }).click();
    await fillReport(page, '阁楼天窗');
    await context.setOffline(true);
    await page.getByRole('button', { name: '保存，联网后提交' }).click();
    await sees(page.getByText('联网后自动提交'));
    await page.getByRole('link', { name: '返回' }).click();
    await sees(page.getByRole('heading', { name: '1 份未发送' }));
    await page.close();

    await context.setOffline(false);
    const later = await context.newPage();
    await later.goto('/portal/me');
    await sees(later.getByText(/已发送：报修/));
    await later.getByRole('link', { name: '首页' }).last().click();
    await sees(later.getByRole('link', { name: /阁楼天窗/ }));
    expect(await later.getByText('未发送').count()).toBe(0);
  }, 60_000);

  it('a dispatcher assigns, is told why it came back, and hears who withdrew; all by keyboard', async () => {
    // Another name each time: a running product (E2E_ADDRESS) has those of before.
    const place = `储物间门框 ${Date.now() % 1_000_000}`;
    const owner = await comes('owner', phone);
    await owner.page.getByRole('link', { name: /^报修/ }).click();
    await fillReport(owner.page, place);
    await owner.page.getByRole('button', { name: '提交报修' }).click();
    const follow = owner.page.getByRole('link', { name: '查看进度' });
    await sees(follow);

    const dispatcher = await comes('dispatcher', desk);
    await dispatcher.page.goto('/inbox?view=pool');
    await openRow(dispatcher, place);
    await assignByKeyboard(dispatcher, '陈志强');

    const technician = await comes('technician', desk);
    await openRow(technician, place);
    await technician.page.getByRole('button', { name: '拒单', exact: true }).click();
    const bar = technician.page.getByRole('form');
    await bar.getByRole('textbox').fill('今天在外地');
    await bar.getByRole('button', { name: '拒单', exact: true }).click();

    await dispatcher.page.goto('/notifications');
    await sees(dispatcher.page.getByText(/退回：紧急派单/));
    await dispatcher.page.goto('/inbox?view=mine');
    await openRow(dispatcher, place);
    await sees(dispatcher.page.getByText('陈志强 退回了这一单'));
    await sees(dispatcher.page.getByText('今天在外地'));
    await sees(dispatcher.page.getByRole('button', { name: /维修工.*请选择/ }));

    await follow.click();
    await owner.page.getByRole('button', { name: '撤回' }).click();
    const dialog = owner.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('自己修好了');
    await dialog.getByRole('button', { name: '撤回' }).click();
    await sees(owner.page.getByText('林晓梅 已撤回'));
    await sees(dispatcher.page.getByText('林晓梅 已撤回：自己修好了'));
  }, 90_000);

  it('sends one of many rows back, having seen which can be, and does it again', async () => {
    const what = `夜间巡检 ${Date.now() % 1_000_000}`;
    await walkTour(product(), 'hr', what);
    const { page } = await comes('hr', desk);
    await page.goto('/inbox?view=mine');
    await page.getByRole('link', { name: what }).click();
    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('menuitem', { name: '退回' }).click();

    const dialog = page.getByRole('dialog');
    await sees(dialog.getByText('10 条明细'));
    await sees(dialog.getByText('还有 2 条办完得更早，已不能退回'));
    expect(await dialog.getByRole('checkbox', { name: '机房 2 ' }).count()).toBe(0);
    await dialog.getByRole('checkbox', { name: /机房 7/ }).check();
    await sees(dialog.getByRole('region', { name: '退回后' }).getByText(/机房 7/));
    await dialog.getByRole('textbox').fill('照片不清楚');
    await dialog.getByRole('button', { name: '退回', exact: true }).click();

    await dialog.waitFor({ state: 'hidden' });
    await page.goto('/inbox?view=mine');
    await page.getByRole('link', { name: what }).click();
    await sees(page.getByText('退回了这一单'));
    await sees(page.getByText('机房 7'));
    await sees(page.getByText('照片不清楚'));
  }, 120_000);

  it('the back key of a phone closes a dialog and stays on the page', async () => {
    const { page } = await comes('owner', phone);
    const chooser = page.getByRole('button', { name: /翠湖花园/ });
    await chooser.click();
    await sees(page.getByRole('dialog'));
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).pathname).toBe('/portal');

    await chooser.click();
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: '我的单据' }).last().click();
    await page.waitForURL(/\/portal\/cases/);
    await page.goBack();
    await page.waitForURL(/\/portal$/);
  }, 60_000);
});

async function fillReport(page: Page, place: string): Promise<void> {
  await page.getByText('门窗').click();
  await page.getByLabel('问题描述').fill('合页松了，关不严。');
  await page.getByLabel('具体位置').fill(place);
  await page.getByText('紧急', { exact: true }).click();
}

/** The field is opened with Enter, searched at once, and the form submitted from within. */
async function assignByKeyboard({ page }: Person, technician: string): Promise<void> {
  const row = page.getByRole('link', { name: /紧急/ });
  await sees(row);
  await page.getByText('指派', { exact: true }).click();
  await page.getByLabel('维修工').focus();
  await page.keyboard.press('Enter');
  const search = page.getByRole('combobox', { name: /维修工/ });
  await sees(search.and(page.locator(':focus')));
  await sees(page.getByRole('listbox').getByRole('option'));
  const address = page.url();
  await page.keyboard.press('ArrowDown');
  expect(page.url()).toBe(address);
  await page.keyboard.type(technician);
  await sees(page.getByRole('option', { name: technician }));
  await page.getByRole('listbox').getByRole('option').nth(1).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await sees(page.getByRole('button', { name: new RegExp(`维修工.*${technician}`) }));
  await page.getByLabel('派工说明').focus();
  await page.keyboard.press('Control+Enter');
  await sees(page.getByText('已派单'));
}
