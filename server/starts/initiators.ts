/** Whose case it is that nobody starts by hand. */
import { sql } from 'kysely';
import type { Starter } from '../../workflows/engine/flow.gen.ts';
import type { Db, Tx } from '../db/as.ts';

/** Of no person: nobody signs in as it, it is found nowhere and told nothing. */
const systemName = 'system';

export async function findInitiator(
  tx: Tx,
  { initiator, by }: Starter,
  { author, communityId }: { author: string | null; communityId: string | null },
): Promise<string | null> {
  if (initiator?.rule === 'role') return findHolder(tx, initiator.role, communityId);
  const isAuthor = initiator?.rule === 'author' || (initiator === undefined && by === 'record');
  return isAuthor ? author : null;
}

async function findHolder(tx: Tx, role: string, communityId: string | null): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select p.id from role_grant g join person p on p.id = g.person_id and p.disabled_at is null
    where g.role = ${role} and (g.community_id is null or g.community_id = ${communityId}::uuid)
    order by g.community_id is null, g.granted_at, p.id limit 1`.execute(tx);
  return rows[0]?.id ?? null;
}

/** As guanjia_owner; made where it is needed first. */
export async function systemPerson(adminDb: Db): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with made as (insert into person (username, display_name, disabled_at) values (${systemName}, '系统', now())
      on conflict ((lower(username))) do nothing returning id)
    select id from made union all select id from person where lower(username) = ${systemName} limit 1`.execute(adminDb);
  const [row] = rows;
  if (row === undefined) throw new Error('the system has no person');
  return row.id;
}
