/** Giving a role and taking it away, on record. Row security (migration 0013) is the second lock. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { asPerson, type Db, type Tx } from '../../db/as.ts';
import { hasRegisters } from '../../db/registers.ts';
import { AppError } from '../../errors.ts';
import { assertMayAnywhere } from '../../security/may.ts';
import { findGrant } from './roles.ts';
import type { RoleGrant, RoleGrantBody } from './schemas.ts';

type Grant = Static<typeof RoleGrant>;

/**
 * Giving what is held already changes nothing.
 * @throws AppError forbidden, not_found, role_not_yours_to_give
 */
export function giveRole(db: Db, by: string, body: Static<typeof RoleGrantBody>): Promise<Grant> {
  return asPerson(db, by, async (tx) => {
    await assertMayAnywhere(tx, 'role.grant');
    await assertKnown(tx, body);
    await assertMayGrant(tx, body.role, body.communityId);
    const row = { person_id: body.personId, role: body.role, community_id: body.communityId };
    const made = await tx
      .insertInto('role_grant')
      .values({ ...row, granted_by: by })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made !== undefined) await record(tx, by, { act: 'role_given', row });
    const { id } =
      made ??
      (await tx
        .selectFrom('role_grant')
        .select('id')
        .where('person_id', '=', row.person_id)
        .where('role', '=', row.role)
        .where('community_id', 'is not distinct from', row.community_id)
        .executeTakeFirstOrThrow());
    return must(await findGrant(tx, id));
  });
}

/**
 * Gives the person who held it.
 * @throws AppError forbidden, not_found, role_not_yours_to_give, last_administrator
 */
export function takeRole(db: Db, by: string, id: string): Promise<string> {
  return asPerson(db, by, async (tx) => {
    await assertMayAnywhere(tx, 'role.grant');
    // Two administrators who take it from each other at once.
    await sql`select pg_advisory_xact_lock(7203119)`.execute(tx);
    const row = must(
      await tx
        .selectFrom('role_grant')
        .select(['person_id', 'role', 'community_id'])
        .where('id', '=', id)
        .executeTakeFirst(),
    );
    await assertMayGrant(tx, row.role, row.community_id);
    await tx.deleteFrom('role_grant').where('id', '=', id).execute();
    await assertSomebodyLeft(tx);
    await record(tx, by, { act: 'role_taken', row });
    return row.person_id;
  });
}

async function assertKnown(tx: Tx, { personId, role, communityId }: Static<typeof RoleGrantBody>): Promise<void> {
  const hasCommunities = communityId !== null && (await hasRegisters(tx, 'community'));
  const community = hasCommunities
    ? sql`exists (select from record.community where id = ${communityId} and deleted_at is null)`
    : sql`${communityId === null}::boolean`;
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from person where id = ${personId} and disabled_at is null)
       and exists (select from role where key = ${role}) and ${community} as known`.execute(tx);
  if (rows[0]?.known !== true) throw new AppError('not_found', 404);
}

async function assertMayGrant(tx: Tx, role: string, community: string | null): Promise<void> {
  const { rows } = await sql<{ may: boolean }>`select may_grant(${role}, ${community}::uuid) as may`.execute(tx);
  if (rows[0]?.may !== true) throw new AppError('role_not_yours_to_give', 403, { role });
}

/** Somebody must be able to give roles tomorrow. */
async function assertSomebodyLeft(tx: Tx): Promise<void> {
  const { rows } = await sql<{ left: boolean }>`
    select exists (select from role_grant g join role r on r.key = g.role join person p on p.id = g.person_id
      where g.community_id is null and '*' = any (r.may) and p.disabled_at is null) as left`.execute(tx);
  if (rows[0]?.left !== true) throw new AppError('last_administrator', 409);
}

interface Deed {
  act: 'role_given' | 'role_taken';
  row: { person_id: string; role: string; community_id: string | null };
}

async function record(tx: Tx, by: string, { act, row }: Deed): Promise<void> {
  const detail = JSON.stringify({ role: row.role, communityId: row.community_id });
  await tx
    .insertInto('audit')
    .values({ person_id: by, act, subject: `person:${row.person_id}`, detail })
    .execute();
}

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new AppError('not_found', 404);
  return found;
}
