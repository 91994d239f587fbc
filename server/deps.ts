/** What every half of the server is handed at its start. Nothing else is global. */
import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Config } from './config.ts';
import type { Database } from './db/tables/index.ts';
import type { Log } from './log.ts';

export interface Deps {
  config: Config;
  /** As guanjia_app: owns nothing, row security applies. */
  db: Kysely<Database>;
  /** As guanjia_owner: migrations, built-in content, and publishing after `set role guanjia_publisher`. */
  adminDb: Kysely<Database>;
  /** Speaks with the payload codec of `config.codecKeys`. */
  temporal: Client;
  log: Log;
}
