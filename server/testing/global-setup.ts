/**
 * One Postgres and one Temporal for a whole test run, and a migrated template database that test files clone in milliseconds.
 * Runs only when a test file of the project "services" is in the run. Children of a run that was killed are ended by the next one.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadBuiltIn } from '../content.ts';
import { bootstrapDatabase, withDatabase, withUser } from '../db/bootstrap.ts';
import { createDb } from '../db/client.ts';
import { migrate } from '../db/migrate.ts';
import { createLog } from '../log.ts';
import { acquireLock, findHolder } from '../services/lock.ts';
import { startPostgres, stopPostgres } from '../services/postgres.ts';
import { startTemporal, stopTemporal } from '../services/temporal.ts';
import { templateDatabase, testPasswords } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Postgres as its superuser, on the database `postgres`. */
    postgresUrl: string;
    /** host:port */
    temporalAddress: string;
    /** Removed at the end of the run, with everything that was started in it (see data-dir.ts). */
    runDir: string;
  }
}

const runs = join(tmpdir(), `guanjia-tests-${process.getuid?.() ?? 0}`);
const quiet = (): void => undefined;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await endKilledRuns();
  const dataDir = mkdtempSync(join(runs, 'run-'));
  // Postgres may run as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  await acquireLock(dataDir);
  project.provide('runDir', dataDir);
  const stop = (): Promise<void> => endRun(dataDir);
  try {
    const [postgresUrl, temporalAddress] = await Promise.all([bringUpPostgres(dataDir), bringUpTemporal(dataDir)]);
    project.provide('postgresUrl', postgresUrl);
    project.provide('temporalAddress', temporalAddress);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUpPostgres(dataDir: string): Promise<string> {
  const { superUrl } = await startPostgres({
    dataDir,
    password: 'test',
    say: quiet,
    environment: process.env,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  await bootstrapDatabase(superUrl, templateDatabase, testPasswords);
  await fillTemplate(withDatabase(superUrl, templateDatabase));
  return superUrl;
}

async function bringUpTemporal(dataDir: string): Promise<string> {
  const { address } = await startTemporal({ dataDir, namespace: 'default', say: quiet, environment: process.env });
  return address;
}

/** Migrations and built-in content, through the roles the product uses. */
async function fillTemplate(url: string): Promise<void> {
  const adminDb = createDb(withUser(url, 'guanjia_owner', testPasswords.owner), { max: 4 });
  try {
    await migrate(adminDb);
    await loadBuiltIn({ adminDb, log: createLog('warn', (line) => process.stderr.write(line)) });
  } finally {
    // A template with an open connection cannot be cloned.
    await adminDb.destroy();
  }
}

async function endKilledRuns(): Promise<void> {
  mkdirSync(runs, { recursive: true });
  chmodSync(runs, 0o755);
  for (const name of readdirSync(runs)) {
    const runDir = join(runs, name);
    const ageMs = Date.now() - statSync(runDir).mtimeMs;
    // One that another run has just made may not be locked yet.
    if (findHolder(runDir) === undefined && ageMs > 5000) await endRun(runDir);
  }
}

/** Its own services, and those of products that its tests started. */
async function endRun(runDir: string): Promise<void> {
  const products = join(runDir, 'products');
  const dataDirs = existsSync(products) ? readdirSync(products).map((name) => join(products, name)) : [];
  for (const dataDir of dataDirs) {
    const product = findHolder(dataDir);
    // One that still runs has lost its test: the folder it writes to is about to go.
    if (product !== undefined) process.kill(product.pid, 'SIGKILL');
  }
  for (const dataDir of [runDir, ...dataDirs]) await Promise.all([stopTemporal(dataDir), stopPostgres(dataDir)]);
  rmSync(runDir, { recursive: true, force: true });
}
