/** A Postgres and a Temporal of the benchmark's own, as durable as `npm start` has them, and the people who do the errands. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapDatabase, withDatabase, withUser } from '../../server/db/bootstrap.ts';
import { createDb } from '../../server/db/client.ts';
import { migrate } from '../../server/db/migrate.ts';
import { loadBuiltIn } from '../../server/content.ts';
import { publishFlow } from '../../server/definitions/flows.ts';
import { publishForm } from '../../server/definitions/forms.ts';
import { completeConfig, readSettings, type Config } from '../../server/config.ts';
import type { Deps } from '../../server/deps.ts';
import { createLog } from '../../server/log.ts';
import { startPostgres, stopPostgres } from '../../server/services/postgres.ts';
import { startTemporal, stopTemporal } from '../../server/services/temporal.ts';
import { connectTemporal } from '../../server/temporal.ts';
import { errandFlow, errandForm } from '../../server/testing/errand.ts';

export interface Stage {
  deps: Deps;
  people: { staff: string; dispatcher: string; runner: string };
  /** Process ids. */
  services: { postgres: number; temporal: number };
  /** Whether the hand-written workflows are bundled as Guanjia bundles its own. */
  isBundledAlike: boolean;
  close(): Promise<void>;
}

const passwords = { owner: 'bench-owner', app: 'bench-app' };
const database = 'guanjia_bench';
const say = (): void => undefined;

export async function openStage(isBundledAlike = false): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'guanjia-bench-'));
  chmodSync(dataDir, 0o755);
  const { config, services } = await bringUp(dataDir);
  const db = createDb(config.databaseUrl, { max: config.databasePoolSize });
  const adminDb = createDb(config.databaseAdminUrl, { max: 2 });
  const temporal = connectTemporal(config);
  const deps: Deps = { config, db, adminDb, temporal: temporal.client, log: createLog('silent', () => undefined) };
  return {
    deps,
    people: await publish(deps),
    services,
    isBundledAlike,
    async close() {
      await temporal.close();
      await Promise.all([db.destroy(), adminDb.destroy()]);
      await Promise.all([stopTemporal(dataDir), stopPostgres(dataDir)]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function bringUp(dataDir: string): Promise<{ config: Config } & Pick<Stage, 'services'>> {
  const [{ superUrl, child: postgres }, { address, child: temporal }] = await Promise.all([
    startPostgres({ dataDir, password: 'bench', say, environment: process.env }),
    startTemporal({ dataDir, namespace: 'default', say, environment: process.env }),
  ]);
  await bootstrapDatabase(superUrl, database, passwords);
  const url = withDatabase(superUrl, database);
  const codecKeys = [{ id: 'bench', key: randomBytes(32) }];
  const settings = readSettings(
    { GUANJIA_DATA_DIR: dataDir, GUANJIA_LOG_LEVEL: 'silent', DATABASE_POOL_SIZE: '20' },
    [],
  );
  const config = completeConfig(settings, {
    temporalAddress: address,
    codecKeys,
    databaseUrl: withUser(url, 'guanjia_app', passwords.app),
    databaseAdminUrl: withUser(url, 'guanjia_owner', passwords.owner),
  });
  return { config, services: { postgres: postgres.pid, temporal: temporal.pid } };
}

async function publish(deps: Deps): Promise<Stage['people']> {
  await migrate(deps.adminDb);
  await loadBuiltIn(deps);
  await publishForm(deps.adminDb, errandForm, { note: null, by: null });
  await publishFlow(deps.adminDb, errandFlow, { note: null, by: null });
  return {
    staff: await addPerson(deps, 'staff'),
    dispatcher: await addPerson(deps, 'dispatcher'),
    runner: await addPerson(deps, 'technician'),
  };
}

async function addPerson({ adminDb }: Deps, role: string): Promise<string> {
  const { id } = await adminDb
    .insertInto('person')
    .values({ username: role, display_name: role })
    .returning('id')
    .executeTakeFirstOrThrow();
  await adminDb.insertInto('role_grant').values({ person_id: id, role }).execute();
  return id;
}
