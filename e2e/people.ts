/** People at their screens: each has a window of a size, signs in with the button of the sign-in page, and sees what is visible. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core';
import { readDemoAccounts } from '../server/demo/sources.ts';

/** How long a person waits for something to appear before it counts as broken. */
const patienceMs = 15_000;

export interface Person {
  page: Page;
  context: BrowserContext;
  /** What went wrong in the page without anybody seeing it. */
  faults: string[];
}

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
export const desk = { viewport: { width: 1440, height: 900 } } as const;
export type Screen = typeof phone | typeof desk;

/** What the browser says of where it stands. */
export interface Where {
  locale?: string;
  timezoneId?: string;
}

/** A window of their own: cookies and storage are shared with nobody. */
export async function arrive(browser: Browser, address: string, screen: Screen, where: Where = {}): Promise<Person> {
  const context = await browser.newContext({
    ...screen,
    baseURL: address,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...where,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isSignInCheck(message)) faults.push(message.text());
  });
  return { page, context, faults };
}

/** Every page first asks who is signed in; nobody is an answer, which the browser counts as an error. */
function isSignInCheck(message: ConsoleMessage): boolean {
  return message.location().url.endsWith('/api/me') && message.text().includes('401');
}

/** With the button of a demo account, or name and password where there is none. Ends on the person's home. */
export async function signInAs({ page }: Person, username: string): Promise<void> {
  const { items, password } = readDemoAccounts();
  const account = items.find((each) => each.username === username);
  await page.goto('/');
  if (account !== undefined) await page.getByRole('button', { name: account.name }).click();
  else {
    await page.getByLabel('用户名').fill(username);
    await page.locator('input[type=password]').fill(password);
    await page.keyboard.press('Enter');
  }
  await page.waitForURL(/\/(inbox|overview|portal)/);
}

/** Keeps what each sees, for whoever has to find out why a journey failed; gives the files. */
export async function takePictures(people: readonly Person[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-journey-'));
  return Promise.all(
    people.map(async ({ page }, index) => {
      const path = join(folder, `${index}.png`);
      await page.screenshot({ path });
      return `${path} ${page.url()}`;
    }),
  );
}

/** Waits until it is there to see. */
export async function sees(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: 'visible' });
}

/** New rows do not shift a list under the cursor: they wait behind a button until they are let in. */
export async function openRow({ page }: Person, title: string | RegExp): Promise<void> {
  const row = page.getByRole('link', { name: title });
  const news = page.getByRole('button', { name: /条新任务/ });
  await row.or(news).first().waitFor({ state: 'visible' });
  if (!(await row.first().isVisible())) await news.click();
  await row.first().click();
}

/** What needs no reason happens at one press. */
export async function press({ page }: Person, action: string): Promise<void> {
  await page.getByRole('button', { name: action, exact: true }).click();
}
