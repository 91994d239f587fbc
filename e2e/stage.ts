/**
 * What every file of journeys sets up alike: a product started as people start it, people who come with screens of their own, and
 * pictures of what they saw when a journey fails.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { findBrowser, launchBrowser, missingBrowser } from './browser.ts';
import { arrive, signInAs, takePictures, type Person, type Screen, type Where } from './people.ts';
import { startProduct, type Product } from './product.ts';

export interface Stage {
  /** Only while the journeys run. */
  product: () => Product;
  /** Signs in and ends on their home; null: a stranger, who sees nothing yet. */
  comes: (username: string | null, screen: Screen, where?: Where) => Promise<Person>;
}

/** Without a browser they are reported as skipped, with the way to get one. */
export function describeJourneys(name: string, tell: (stage: Stage) => void): void {
  const executable = findBrowser();
  const title = executable === undefined ? `${name} (${missingBrowser})` : name;
  describe.skipIf(executable === undefined)(title, () => {
    let product: Product;
    let browser: Browser;
    let present: Person[] = [];
    const closers: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      product = await startProduct();
      closers.push(() => product.stop());
      browser = await launchBrowser(executable ?? '');
      closers.push(() => browser.close());
    }, 600_000);
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`${(await takePictures(present)).join('\n')}\n`);
      await Promise.all(present.map(({ context }) => context.close()));
      present = [];
    }, 30_000);
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    }, 60_000);

    tell({
      product: () => product,
      comes: async (username, screen, where = {}) => {
        const person = await arrive(browser, product.address, screen, where);
        present.push(person);
        if (username !== null) await signInAs(person, username);
        return person;
      },
    });
  });
}
