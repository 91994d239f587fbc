/** 代理: who stands in for whom, in which period and for what. Each made and ended once, on record; a circle is refused. */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import { holdsStaffRole } from '../../db/staff.ts';
import type { Tx } from '../../db/as.ts';
import { AppError } from '../../errors.ts';
import { mayAnywhere, assertMay } from '../../security/may.ts';
import type { Substitution } from './schemas.ts';

export type SubstitutionView = Static<typeof Substitution>;

interface Row {
  id: string;
  person_id: string;
  person_name: string;
  substitute_id: string;
  substitute_name: string;
  from_on: string;
  to_on: string | null;
  flows: string[] | null;
  communities: string[] | null;
  created_by: string;
  created_by_name: string;
  created_at: Date;
  active: boolean;
}

/** What a person made or has made for them, and those they stand in for. @throws AppError forbidden for another's */
export async function listSubstitutions(tx: Tx, me: string, person: string): Promise<SubstitutionView[]> {
  if (person !== me && !(await mayAnywhere(tx, 'task.reassign'))) throw new AppError('forbidden', 403);
  return read(tx, sql`s.ended_at is null and ${person}::uuid in (s.person_id, s.substitute_id)`);
}

async function read(tx: Tx, where: RawBuilder<unknown>): Promise<SubstitutionView[]> {
  const { rows } = await sql<Row>`
    select s.id, s.person_id, p.display_name as person_name, s.substitute_id, b.display_name as substitute_name, s.from_on::text,
      s.to_on::text, s.flows, s.communities, s.created_by, c.display_name as created_by_name, s.created_at,
      s.ended_at is null and (now() at time zone community_zone(null))::date between s.from_on and coalesce(s.to_on, 'infinity') as active
    from substitution s join person p on p.id = s.person_id join person b on b.id = s.substitute_id join person c on c.id = s.created_by
    where ${where} order by s.from_on, s.id`.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    person: { id: row.person_id, name: row.person_name },
    substitute: { id: row.substitute_id, name: row.substitute_name },
    from: row.from_on,
    to: row.to_on,
    flows: row.flows,
    communities: row.communities,
    createdBy: { id: row.created_by, name: row.created_by_name },
    createdAt: row.created_at.toISOString(),
    active: row.active,
  }));
}

export interface NewSubstitution {
  /** Also of the request: the same one again makes nothing. */
  id: string;
  me: string;
  person: string;
  substitute: string;
  from: string;
  to: string | null;
  flows: string[] | null;
  communities: string[] | null;
}

/** @throws AppError forbidden, invalid_fields, substitution_circle, key_reused */
export async function addSubstitution(tx: Tx, wanted: NewSubstitution): Promise<SubstitutionView> {
  const { id, me, person, substitute, from, to, flows, communities } = wanted;
  if (person !== me) await assertMay(tx, 'task.reassign');
  const [known] = await read(tx, sql`s.id = ${id}`);
  if (known !== undefined) return sameAs(known, wanted);
  await checkSubstitution(tx, wanted);
  await sql`insert into substitution (id, person_id, substitute_id, from_on, to_on, flows, communities, created_by)
    values (${id}, ${person}, ${substitute}, ${from}, ${to}, ${flows}, ${communities}, ${me})`.execute(tx);
  await onRecord(tx, 'substitution.add', { id, me, detail: { person, substitute, from, to, flows, communities } });
  const [made] = await read(tx, sql`s.id = ${id}`);
  if (made === undefined) throw new AppError('not_found', 404);
  return made;
}

function sameAs(known: SubstitutionView, wanted: NewSubstitution): SubstitutionView {
  const isSame =
    known.person.id === wanted.person && known.substitute.id === wanted.substitute && known.from === wanted.from;
  if (!isSame) throw new AppError('key_reused', 422);
  return known;
}

async function checkSubstitution(tx: Tx, { person, substitute, from, to }: NewSubstitution): Promise<void> {
  if (person === substitute) throw invalid('/substitute', 'same_person');
  if (to !== null && to < from) throw invalid('/to', 'before_start');
  const isStaff = holdsStaffRole(sql`p.id`, { roles: null, communityId: null });
  const { rows } = await sql<{ works: boolean; circle: boolean }>`
    with recursive chain as (
      select ${substitute}::uuid as id, 1 as length
      union
      select s.substitute_id, chain.length + 1 from chain join substitution s on s.person_id = chain.id and s.ended_at is null
        and s.from_on <= coalesce(${to}::date, 'infinity') and coalesce(s.to_on, 'infinity') >= ${from}::date
      where chain.length < 10)
    select exists (select from person p where p.id = ${substitute}::uuid and p.disabled_at is null and ${isStaff}) as works,
      exists (select from chain where id = ${person}::uuid) as circle`.execute(tx);
  if (rows[0]?.works !== true) throw invalid('/substitute', 'not_a_choice');
  if (rows[0].circle) throw new AppError('substitution_circle', 409);
}

/** Ending one that is over changes nothing. @throws AppError not_found */
export async function endSubstitution(tx: Tx, { id, me }: { id: string; me: string }): Promise<void> {
  const { rows } = await sql<{ id: string; ended: boolean }>`
    select id, ended_at is not null as ended from substitution where id = ${id} for update`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 404);
  if (row.ended) return;
  await sql`update substitution set ended_at = now() where id = ${id}`.execute(tx);
  await onRecord(tx, 'substitution.end', { id, me, detail: {} });
}

async function onRecord(
  tx: Tx,
  act: string,
  { id, me, detail }: { id: string; me: string; detail: object },
): Promise<void> {
  await tx
    .insertInto('audit')
    .values({ person_id: me, act, subject: id, detail: JSON.stringify(detail) })
    .execute();
}

function invalid(path: string, code: string): AppError {
  return new AppError('invalid_fields', 422, {}, [{ path, code }]);
}
