/**
 * What production refuses of the database it is given, however it came there: the demo's accounts, whose password stands in the
 * repository, and a role for everyday work that row security does not hold.
 */
import { sql } from 'kysely';
import type { Db } from './db/as.ts';
import { readLoad } from './demo/progress.ts';
import { readDemoAccounts } from './demo/sources.ts';
import type { Deps } from './deps.ts';
import { verifyPassword } from './security/passwords.ts';
import { StartError } from './services/messages.ts';

/** Hashes tried at a start; each takes some 30 ms. The demo's accounts share one. */
const mostTried = 20;

/** Does nothing in demo mode. Needs the tables. @throws StartError demo_in_production, role_unheld */
export async function refuseUnfitDatabase({
  config,
  db,
  adminDb,
}: Pick<Deps, 'config' | 'db' | 'adminDb'>): Promise<void> {
  if (config.mode !== 'production') return;
  await refuseUnheldRole(db);
  if ((await readLoad(adminDb)) !== undefined || (await hasDemoPassword(adminDb))) {
    throw new StartError('demo_in_production');
  }
}

/** The load's own mark may have been removed: accounts of the demo's names, and hashes that two people share, are tried. */
async function hasDemoPassword(adminDb: Db): Promise<boolean> {
  const { password, items } = readDemoAccounts();
  const names = items.map(({ username }) => username);
  const { rows } = await sql<{ hash: string }>`
    select c.password_hash as hash from credential c join person p on p.id = c.person_id
     group by c.password_hash
    having count(*) > 1 or bool_or(p.username = any(${names}::text[]))
     order by count(*) desc limit ${mostTried}`.execute(adminDb);
  const verdicts = await Promise.all(rows.map(({ hash }) => verifyPassword(password, hash)));
  return verdicts.includes(true);
}

async function refuseUnheldRole(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select rolname as name from pg_roles
     where rolname = current_user and (rolsuper or rolbypassrls
        or exists (select from pg_class c where c.oid = 'person'::regclass and pg_has_role(current_user, c.relowner, 'member')))`.execute(
    db,
  );
  const [role] = rows;
  if (role !== undefined) throw new StartError('role_unheld', { role: role.name });
}
