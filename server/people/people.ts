/**
 * Finding people who work here, for pickers. Who asks sees the people of the communities in which they hold `person.find`, and
 * those who work for all; never owners and tenants, who are found as parties, unless a role is to be given (`role.grant`).
 */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { hasRegisters } from '../db/registers.ts';
import { residentRoles } from '../db/staff.ts';
import type { Text } from '../schema.ts';

/** Null: any. */
export interface PeopleFilter {
  /** Part of a name or of a username. */
  q: string | null;
  /** Any of these. */
  roles: readonly string[] | null;
  communityId: string | null;
  /** Also residents, and who holds no role yet: for giving one. The verb that counts is then `role.grant`. */
  everybody: boolean;
  /** Over `p`: only these of them. */
  only: RawBuilder<boolean> | null;
  /** The last one of the page before. */
  after: { name: string; id: string | null };
  limit: number;
}

export interface FoundPerson {
  id: string;
  name: string;
  department: string | null;
  roles: Static<typeof Text>[];
}

/** As people look names up: 陈 before 林 before 周. */
const byPinyin = sql`collate "zh-x-icu"`;

/** Up to `limit + 1` rows by name. To be called as the person (`asPerson`) who holds `person.find` somewhere. */
export async function findPeople(tx: Tx, filter: PeopleFilter): Promise<FoundPerson[]> {
  const { q, roles, communityId, everybody, only, after, limit } = filter;
  const verb = everybody ? 'role.grant' : 'person.find';
  const { rows } = await sql<FoundPerson>`
    select p.id, p.display_name as name, ${await departmentOf(tx)} as department, coalesce(json_agg(distinct r.title::jsonb) filter (where r.key is not null), '[]') as roles
      from person p
      left join role_grant g on g.person_id = p.id and (${everybody} or g.role <> all(${residentRoles}::text[]))
       and (may(${verb}) or g.community_id is null or g.community_id in (select my_communities(${verb})))
       and (${roles}::text[] is null or g.role = any(${roles}::text[]))
       and (${communityId}::uuid is null or g.community_id is null or g.community_id = ${communityId}::uuid)
      left join role r on r.key = g.role
     where p.disabled_at is null and (g.id is not null or ${isYetWithout(filter)}) and ${only ?? sql`true`}
       and (${q}::text is null or p.display_name ilike ${pattern(q)} or p.username ilike ${pattern(q)})
       and (${after.id}::uuid is null or (p.display_name ${byPinyin}, p.id) > (${after.name} ${byPinyin}, ${after.id}::uuid))
     group by p.id
     order by p.display_name ${byPinyin}, p.id
     limit ${limit + 1}`.execute(tx);
  return rows;
}

/** Of `p`: nobody's so far. */
function isYetWithout({ everybody, roles, communityId }: PeopleFilter): RawBuilder<boolean> {
  if (!everybody || roles !== null || communityId !== null) return sql`false`;
  return sql`not exists (select from role_grant any_grant where any_grant.person_id = p.id)`;
}

/** What a person types is text, not a pattern. */
function pattern(q: string | null): string {
  return `%${(q ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** Where the person works, as far as who asks may see it. */
async function departmentOf(tx: Tx): Promise<RawBuilder<unknown>> {
  if (!(await hasRegisters(tx, 'employee', 'department'))) return sql`null::text`;
  return sql`(select d.name from record.employee e join record.department d on d.id = e.department
               where e.id = p.employee_id and e.deleted_at is null)`;
}
