/** How much JavaScript a page asks for on a first visit, as it travels: gzip. */
import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import type { Person } from './people.ts';

/** Kilobytes (1,000 bytes) of gzip of every script that opening `url` loads, until the network is quiet. */
export async function measureScripts({ context }: Person, url: string): Promise<number> {
  const page = await context.newPage();
  const scripts = new Map<string, Response>();
  page.on('response', (response) => {
    if (/\.js(\?|$)/.test(response.url())) scripts.set(response.url(), response);
  });
  const answer = await page.goto(url, { waitUntil: 'networkidle' });
  if (answer?.ok() !== true || new URL(page.url()).pathname === '/sign-in') throw new Error(`${url} did not come`);
  const sizes = [...scripts.values()].map(async (script) => gzipSync(await script.body(), { level: 9 }).length);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await page.close();
  return bytes / 1000;
}
