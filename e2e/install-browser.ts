/** With CI=true a browser that is missing comes from the packages of the system, before any test; without root, or elsewhere, nothing does. */
import { spawnSync } from 'node:child_process';
import { findBrowser } from './browser.ts';

const getBrowser =
  'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk';

export default function setup(): void {
  if (process.env.CI !== 'true' || findBrowser({ PATH: process.env.PATH }) !== undefined || process.getuid?.() !== 0)
    return;
  process.stdout.write('installing Chromium and a Chinese font from the packages of the system …\n');
  spawnSync('sh', ['-c', getBrowser], { stdio: ['ignore', 'ignore', 'inherit'] });
}
