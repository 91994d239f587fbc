/** The accounts of the demo community, for the buttons of the sign-in page. Outside demo mode they do not exist. */
import { readFile } from 'node:fs/promises';
import type { Static } from 'typebox';
import type { DemoAccounts } from './schemas.ts';

const file = new URL('../../content/demo-accounts.json', import.meta.url);

export async function readDemoAccounts(): Promise<Static<typeof DemoAccounts>> {
  return JSON.parse(await readFile(file, 'utf8')) as Static<typeof DemoAccounts>;
}
