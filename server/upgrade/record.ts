/** What each start leaves for the page of upgrades: which interpreter it brings, and under which codec key it writes. */
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { interpreterId } from '../services/bundle-cache.ts';

const packageFile = new URL('../../package.json', import.meta.url);

export function programVersion(): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

/** Needs the tables. An older key that comes first again is in use again. */
export async function recordStart({ adminDb, config }: Pick<Deps, 'adminDb' | 'config'>): Promise<void> {
  const [current] = config.codecKeys;
  await sql`
    with b as (
      insert into build (id, version, node) values (${interpreterId()}, ${programVersion()}, ${process.version})
      on conflict (id) do update set version = excluded.version, node = excluded.node, last_started_at = now())
    insert into codec_key (id) values (${current?.id ?? ''})
    on conflict (id) do update set last_started_at = now(), clear_since = null`.execute(adminDb);
}
