/** GUANJIA_DATA_DIR for a product that a test starts: whatever still runs in it is ended with the run, or by the next one. */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

export function createTestDataDir(): string {
  const products = join(inject('runDir'), 'products');
  mkdirSync(products, { recursive: true });
  const dataDir = mkdtempSync(join(products, 'product-'));
  // As root, Postgres is another user, who must be able to enter.
  for (const folder of [products, dataDir]) chmodSync(folder, 0o755);
  return dataDir;
}
