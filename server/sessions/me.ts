/** What the interface needs to know of the person who is signed in. For showing and hiding only: every act asks again. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { hasRegisters } from '../db/registers.ts';
import { residentRoles } from '../db/staff.ts';
import type { Person } from '../http.ts';
import type { Me } from './schemas.ts';

type MeValue = Static<typeof Me>;
type Role = MeValue['roles'][number];

const outside = new Set(residentRoles);

interface Ties {
  party_id: string | null;
  employee_id: string | null;
}

export async function readMe(tx: Tx, person: Person, isDemo: boolean): Promise<MeValue> {
  const ties = await tx
    .selectFrom('person')
    .select(['party_id', 'employee_id'])
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  const held = await findRoles(tx, person.id);
  const roles = held.map(({ key, title, communityId }) => ({ key, title, communityId }));
  return {
    id: person.id,
    username: person.username,
    name: person.name,
    locale: person.locale,
    phone: await readPhone(tx),
    homes: homesOf(ties, roles),
    roles,
    may: [...new Set(held.flatMap(({ may }) => may))].sort(),
    communities: await findMyCommunities(tx),
    units: await findMyUnits(tx),
    demo: isDemo,
  };
}

async function readPhone(tx: Tx): Promise<string | null> {
  const { rows } = await sql<{ phone: string | null }>`select my_phone() as phone`.execute(tx);
  return rows[0]?.phone ?? null;
}

function homesOf(ties: Ties, roles: Role[]): MeValue['homes'] {
  const isInside = ties.employee_id !== null || roles.some(({ key }) => !outside.has(key));
  const isOutside = ties.party_id !== null || roles.some(({ key }) => outside.has(key));
  if (isInside && isOutside) return ['inbox', 'portal'];
  return isOutside ? ['portal'] : ['inbox'];
}

function findRoles(tx: Tx, personId: string): Promise<(Role & { may: string[] })[]> {
  return tx
    .selectFrom('role_grant')
    .innerJoin('role', 'role.key', 'role_grant.role')
    .select(['role.key', 'role.title', 'role.may', 'role_grant.community_id as communityId'])
    .where('role_grant.person_id', '=', personId)
    .orderBy('role.key')
    .orderBy('role_grant.community_id')
    .execute();
}

/** Where the person holds a role (one held company-wide counts everywhere) or has a home. Row security leaves out the rest. */
async function findMyCommunities(tx: Tx): Promise<MeValue['communities']> {
  if (!(await hasRegisters(tx, 'community', 'building', 'entrance', 'unit'))) return [];
  const { rows } = await sql<MeValue['communities'][number]>`
    select c.id, c.name, c.time_zone as "timeZone", c.phone as "servicePhone" from record.community c
     where c.deleted_at is null
       and (exists (select from my_roles() r where r.community_id is null or r.community_id = c.id)
            or c.id in (select u.community_id from record.unit u where u.id in (select my_units())))
     order by c.name, c.id`.execute(tx);
  return rows;
}

/** Named as residents say them: building-entrance-number. */
async function findMyUnits(tx: Tx): Promise<MeValue['units']> {
  if (!(await hasRegisters(tx, 'community', 'building', 'entrance', 'unit'))) return [];
  const { rows } = await sql<MeValue['units'][number]>`
    select u.id, concat_ws('-', b.code, e.code, u.number) as label, u.community_id as "communityId"
      from record.unit u left join record.entrance e on e.id = u.entrance left join record.building b on b.id = e.building
     where u.deleted_at is null and u.id in (select my_units())
     order by b.code, e.code, u.number, u.id`.execute(tx);
  return rows;
}
