/** The table of roles and verbs, and who holds a role where. Read by those who give roles. */
import { readFile } from 'node:fs/promises';
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import { decodeCursor, isText, isUuid, toPage } from '../../cursor.ts';
import type { Tx } from '../../db/as.ts';
import { hasRegisters } from '../../db/registers.ts';
import type { Text } from '../../schema.ts';
import type { RoleGrant, RoleGrants, RoleGrantsQuery, RoleTable } from './schemas.ts';

type Words = Static<typeof Text>;
const file = new URL('../../../content/verbs.json', import.meta.url);
/** As people look names up: 陈 before 林 before 周. */
const byPinyin = sql`collate "zh-x-icu"`;

/** What each verb is called, by `<what>.<do>`. */
export async function readVerbTitles(): Promise<Record<string, Words>> {
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, Words>;
}

/** Over `g`: held where the asking person gives roles, or everywhere. Who holds one elsewhere is none of their business. */
const isNear = sql`(may('role.grant') or g.community_id is null or g.community_id in (select my_communities('role.grant')))`;

export async function readRoleTable(tx: Tx): Promise<Static<typeof RoleTable>> {
  const { rows: roles } = await sql<Static<typeof RoleTable>['roles'][number]>`
    select r.key, r.title, nullif(r.description, 'null'::jsonb) as description, r.may,
           (select count(distinct g.person_id)::int from role_grant g where g.role = r.key and ${isNear}) as holders
      from role r order by r.key`.execute(tx);
  const named = new Set(roles.flatMap(({ may }) => may).filter((verb) => verb !== '*'));
  return { roles, verbs: await describe(tx, [...named]) };
}

/** The verbs that roles name, and those that none names: only `*` has them. */
async function describe(tx: Tx, named: string[]): Promise<Static<typeof RoleTable>['verbs']> {
  const titles = await readVerbTitles();
  const rest = Object.keys(titles).filter((base) => !named.some((verb) => verb.split(':')[0] === base));
  const verbs = [...named, ...rest].sort();
  const forms = await tx.selectFrom('form_type').select(['key', 'title']).execute();
  return verbs.map((verb) => {
    const [base = verb, about] = verb.split(':');
    const subject = forms.find(({ key }) => key === about);
    return { verb, title: titles[base] ?? { 'zh-CN': verb, en: verb }, about: subject?.title ?? null };
  });
}

/** A page by name. @throws AppError invalid_cursor */
export async function readGrants(
  tx: Tx,
  { role, cursor, limit }: Static<typeof RoleGrantsQuery>,
): Promise<Static<typeof RoleGrants>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, isText, isUuid);
  const rest = after
    ? sql`(p.display_name ${byPinyin}, g.id) > (${after[0]} ${byPinyin}, ${after[1]}::uuid)`
    : sql`true`;
  const rows = await selectGrants(tx, { where: sql`g.role = ${role} and ${isNear} and ${rest}`, most: limit + 1 });
  return toPage(rows, limit, { item: (grant) => grant, key: ({ id, person }) => [person.name, id] });
}

export async function findGrant(tx: Tx, id: string): Promise<Static<typeof RoleGrant> | undefined> {
  return (await selectGrants(tx, { where: sql`g.id = ${id}`, most: 1 }))[0];
}

async function selectGrants(
  tx: Tx,
  { where, most }: { where: RawBuilder<unknown>; most: number },
): Promise<Static<typeof RoleGrant>[]> {
  const community = (await hasRegisters(tx, 'community'))
    ? sql`(select jsonb_build_object('id', c.id, 'name', c.name) from record.community c where c.id = g.community_id)`
    : sql`null::jsonb`;
  const { rows } = await sql<Omit<Static<typeof RoleGrant>, 'grantedAt'> & { grantedAt: Date; where: string | null }>`
    select g.id, g.role, jsonb_build_object('id', p.id, 'name', p.display_name) as person,
           ${community} as community, g.community_id as where,
           case when b.id is null then null else jsonb_build_object('id', b.id, 'name', b.display_name) end as "grantedBy",
           g.granted_at as "grantedAt"
      from role_grant g join person p on p.id = g.person_id left join person b on b.id = g.granted_by
     where ${where} order by p.display_name ${byPinyin}, g.id limit ${most}`.execute(tx);
  return rows.map(({ where: place, community: known, grantedAt, ...row }) => ({
    ...row,
    // Held in one that the asking person may not read: not everywhere, therefore.
    community: known ?? (place === null ? null : { id: place, name: '…' }),
    grantedAt: grantedAt.toISOString(),
  }));
}
