/**
 * Everything outside this process that Guanjia needs: taken from the settings where they name it, else brought up here.
 * Postgres and Temporal start at the same time.
 */
import { bootstrapDatabase, withDatabase, withUser } from '../db/bootstrap.ts';
import { completeConfig, type Config, type Settings } from '../config.ts';
import type { Say } from './messages.ts';
import { startPostgres, stopPostgres } from './postgres.ts';
import { generatedCodecKeys, loadSecrets } from './secrets.ts';
import { startTemporal, stopTemporal } from './temporal.ts';

export interface Services {
  config: Config;
  /** Ends what was brought up here: Temporal first, which needs nothing, then Postgres. */
  stop(): Promise<void>;
}

const databaseName = 'guanjia';

/** @throws StartError */
export async function startServices(settings: Settings, say: Say): Promise<Services> {
  const { dataDir, environment } = settings;
  const needs = { postgres: settings.databaseUrl === undefined, temporal: settings.temporalAddress === undefined };
  if (needs.postgres || needs.temporal) say('services_starting');
  const stop = async (): Promise<void> => {
    if (needs.temporal) await stopTemporal(dataDir);
    if (needs.postgres) await stopPostgres(dataDir);
  };
  const results = await Promise.allSettled([
    bringUpDatabase(settings, say),
    settings.temporalAddress ??
      startTemporal({ dataDir, environment, say, namespace: settings.temporalNamespace }).then(
        ({ address }) => address,
      ),
  ]);
  const [database, temporalAddress] = results;
  if (database.status === 'fulfilled' && temporalAddress.status === 'fulfilled') {
    const codecKeys = settings.codecKeys ?? generatedCodecKeys(loadSecrets(dataDir));
    const config = completeConfig(settings, { ...database.value, temporalAddress: temporalAddress.value, codecKeys });
    return { config, stop };
  }
  await stop();
  throw results.find((result) => result.status === 'rejected')?.reason;
}

async function bringUpDatabase(
  settings: Settings,
  say: Say,
): Promise<Pick<Config, 'databaseUrl' | 'databaseAdminUrl'>> {
  const { databaseUrl, databaseAdminUrl, dataDir, environment } = settings;
  if (databaseUrl !== undefined && databaseAdminUrl !== undefined) return { databaseUrl, databaseAdminUrl };
  const secrets = loadSecrets(dataDir);
  const { superUrl } = await startPostgres({ dataDir, environment, say, password: secrets.postgresPassword });
  await bootstrapDatabase(superUrl, databaseName, { owner: secrets.ownerPassword, app: secrets.appPassword });
  const url = withDatabase(superUrl, databaseName);
  return {
    databaseUrl: withUser(url, 'guanjia_app', secrets.appPassword),
    databaseAdminUrl: withUser(url, 'guanjia_owner', secrets.ownerPassword),
  };
}
