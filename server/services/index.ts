/**
 * Everything outside this process that Guanjia needs: taken from the settings where they name it, else brought up here.
 * Postgres and Temporal start at the same time.
 */
import { bootstrapDatabase, withDatabase, withUser } from '../db/bootstrap.ts';
import { completeConfig, type Config, type Settings } from '../config.ts';
import type { Say } from './messages.ts';
import { startPostgres, stopPostgres } from './postgres.ts';
import { generatedCodecKeys, loadSecrets } from './secrets.ts';
import { supervise, type Supervised } from './supervise.ts';
import { startTemporal, stopTemporal } from './temporal.ts';

export interface Services {
  config: Config;
  /** Ends what was brought up here: Temporal first, which needs nothing, then Postgres. */
  stop(): Promise<void>;
}

type Database = Pick<Config, 'databaseUrl' | 'databaseAdminUrl'>;

const databaseName = 'guanjia';

/** @throws StartError */
export async function startServices(settings: Settings, say: Say): Promise<Services> {
  if (settings.databaseUrl === undefined || settings.temporalAddress === undefined) say('services_starting');
  const [database, temporal] = await Promise.allSettled([
    bringUpDatabase(settings, say),
    bringUpTemporal(settings, say),
  ]);
  if (database.status === 'fulfilled' && temporal.status === 'fulfilled') {
    const codecKeys = settings.codecKeys ?? generatedCodecKeys(loadSecrets(settings.dataDir));
    const provided = { ...database.value.provided, temporalAddress: temporal.value.provided, codecKeys };
    const children = [database.value.supervised, temporal.value.supervised].filter((child) => child !== undefined);
    const endWatch = supervise(children, settings.dataDir, say);
    const stop = async (): Promise<void> => {
      await endWatch();
      await stopServices(settings);
    };
    return { config: completeConfig(settings, provided), stop };
  }
  await stopServices(settings);
  throw [database, temporal].find((result) => result.status === 'rejected')?.reason;
}

/** Also ends services that are still starting, or that a killed run left behind. */
export async function stopServices(settings: Settings): Promise<void> {
  if (settings.temporalAddress === undefined) await stopTemporal(settings.dataDir);
  if (settings.databaseUrl === undefined) await stopPostgres(settings.dataDir);
}

interface BroughtUp<T> {
  provided: T;
  /** Undefined when it is not ours. */
  supervised: Supervised | undefined;
}

async function bringUpTemporal(settings: Settings, say: Say): Promise<BroughtUp<string>> {
  const { dataDir, environment, temporalAddress, temporalNamespace: namespace } = settings;
  if (temporalAddress !== undefined) return { provided: temporalAddress, supervised: undefined };
  const options = { dataDir, environment, say, namespace };
  const { address, child } = await startTemporal(options);
  const restart = async (): Promise<typeof child> => (await startTemporal({ ...options, port: child.port })).child;
  return { provided: address, supervised: { name: 'temporal', child, restart } };
}

async function bringUpDatabase(settings: Settings, say: Say): Promise<BroughtUp<Database>> {
  const { databaseUrl, databaseAdminUrl, dataDir, environment } = settings;
  if (databaseUrl !== undefined && databaseAdminUrl !== undefined) {
    return { provided: { databaseUrl, databaseAdminUrl }, supervised: undefined };
  }
  const secrets = loadSecrets(dataDir);
  const options = { dataDir, environment, say, password: secrets.postgresPassword };
  const { superUrl, child } = await startPostgres(options);
  await bootstrapDatabase(superUrl, databaseName, { owner: secrets.ownerPassword, app: secrets.appPassword });
  const url = withDatabase(superUrl, databaseName);
  const provided = {
    databaseUrl: withUser(url, 'guanjia_app', secrets.appPassword),
    databaseAdminUrl: withUser(url, 'guanjia_owner', secrets.ownerPassword),
  };
  const restart = async (): Promise<typeof child> => (await startPostgres({ ...options, port: child.port })).child;
  return { provided, supervised: { name: 'postgres', child, restart } };
}
