/** Where a test moves the world: straight in the database of its product, which knows nothing of it. */
import { sql } from 'kysely';
import type { Db } from '../server/db/as.ts';
import { createDb } from '../server/db/client.ts';
import { withUser } from '../server/db/bootstrap.ts';
import { publishFlow } from '../server/definitions/flows.ts';
import { rememberedPort } from '../server/services/children.ts';
import { loadSecrets } from '../server/services/secrets.ts';
import type { Product } from './product.ts';

/** As its superuser: moving the world asks nobody. */
export async function inDatabase<T>({ dataDir }: Pick<Product, 'dataDir'>, work: (db: Db) => Promise<T>): Promise<T> {
  const url = `postgres://127.0.0.1:${rememberedPort(dataDir, 'postgres') ?? 'unknown'}/guanjia`;
  const db = createDb(withUser(url, 'postgres', loadSecrets(dataDir).postgresPassword), { max: 2 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/**
 * Publishes the current version of a flow once more with every duration cut down, for the cases that start from now on: a minute lasts
 * two seconds, so that a night passes while somebody looks.
 */
export async function hurry(db: Db, flow: string): Promise<void> {
  const { rows } = await sql<{ definition: object }>`
    select v.definition from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
    where f.key = ${flow}`.execute(db);
  // Also in expressions, where the quotes are escaped; what lasts seconds was cut down before.
  const hurried = JSON.stringify(rows[0]?.definition).replace(
    /(?<=\\?")P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?(?=\\?")/g,
    (_all, days = '0', hours = '0', minutes = '0') =>
      `PT${2 * ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes))}S`,
  );
  await publishFlow(db, JSON.parse(hurried), { note: 'a minute lasts two seconds', by: null });
}

/** Moves the roster until the first turn of somebody who works at night began six hours ago: it is two in the morning. */
export async function makeNight(db: Db, watchman: string): Promise<void> {
  await sql`
    with turn as (
      select now() - interval '6 hours' - min(d."from") as by from record.duty d join person p on p.id = d.person
      where p.username = ${watchman})
    update record.duty set "from" = "from" + turn.by, "to" = "to" + turn.by from turn`.execute(db);
}

/** As if a leave had ended yesterday: the days that were asked for lie as far back. */
export async function passLeave(db: Db, reason: string): Promise<void> {
  await sql`
    update record.leave set from_date = from_date - ago, to_date = to_date - ago, ends_on = ends_on - ago
    from (select to_date - ((now() at time zone 'Asia/Shanghai')::date - 1) as ago from record.leave where reason = ${reason}) as passed
    where reason = ${reason}`.execute(db);
}
