/**
 * Who works here. Owners and tenants sign in too and have an id like everybody; work, and the personal values that come with it, goes
 * only to people who hold a role of the staff or are employed.
 */
import { sql, type RawBuilder } from 'kysely';

/** Roles of people from outside: their home is the portal. */
export const residentRoles: readonly string[] = ['owner', 'tenant'];

/**
 * A condition: the person (a column or a value) holds one of the roles in the community; `roles` null: any role of the staff. Where there
 * is no community, what is held in any of them counts.
 */
export function holdsStaffRole(
  person: RawBuilder<unknown>,
  { roles, communityId }: { roles: readonly string[] | null; communityId: string | null | RawBuilder<unknown> },
): RawBuilder<boolean> {
  const wanted =
    roles === null ? sql`sg.role <> all(${residentRoles}::text[])` : sql`sg.role = any(${[...roles]}::text[])`;
  return sql<boolean>`exists (select from role_grant sg where sg.person_id = ${person} and ${wanted}
    and (${communityId}::uuid is null or sg.community_id is null or sg.community_id = ${communityId}::uuid))`;
}
