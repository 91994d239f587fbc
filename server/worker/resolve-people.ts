/**
 * The read-only activity `resolvePeople`: answers people rules that read the organisation, with what explains the answer as ids and
 * keys (protocol.md rule 17). Rules that the engine decides alone never come here.
 */
import { ApplicationFailure } from '@temporalio/common';
import { sql, type RawBuilder } from 'kysely';
import type { Assign } from '../../workflows/engine/flow.gen.ts';
import type { Json, ResolvedPeople } from '../../workflows/engine/types.ts';
import type { ResolveRequest } from '../../workflows/activities.ts';
import { asEngine, type Tx } from '../db/as.ts';
import type { Deps } from '../deps.ts';

export function resolvePeople({ db }: Pick<Deps, 'db'>, request: ResolveRequest): Promise<ResolvedPeople> {
  return asEngine(db, (tx) => resolve(tx, request));
}

async function resolve(tx: Tx, request: ResolveRequest): Promise<ResolvedPeople> {
  const { assign, community } = request;
  switch (assign.rule) {
    case 'persons':
      return answer(
        assign,
        {},
        await ids(
          tx,
          sql`select p.id from person p where p.id = any (${assign.persons}::uuid[]) and p.disabled_at is null`,
        ),
      );
    case 'role':
      return answer(assign, { role: assign.role, community }, await holders(tx, assign.role, community));
    case 'leastLoaded':
      return leastLoaded(tx, assign, community);
    case 'post':
      return answer(assign, { post: assign.post, community }, await postHolders(tx, assign.post, community));
    case 'departmentHead':
      return departmentHead(tx, assign, request);
    case 'roundRobin':
    case 'onDuty':
      throw ApplicationFailure.nonRetryable(`${assign.rule} is not known to this worker`, 'rule_not_resolvable');
    case 'pool':
    case 'field':
    case 'initiator':
    case 'previous':
      throw ApplicationFailure.nonRetryable(`${assign.rule} is decided by the engine`, 'rule_not_resolvable');
    default:
      return assign;
  }
}

function answer(assign: Assign, inputs: Record<string, Json>, persons: string[]): ResolvedPeople {
  return { persons, explanation: { rule: assign.rule, inputs } };
}

async function ids(tx: Tx, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(tx);
  return rows.map(({ id }) => id);
}

function holders(tx: Tx, role: string, community: string | null): Promise<string[]> {
  return ids(
    tx,
    sql`select distinct p.id from role_grant g join person p on p.id = g.person_id
      where g.role = ${role} and (g.community_id is null or g.community_id = ${community}::uuid) and p.disabled_at is null order by p.id`,
  );
}

/** Fewest open tasks; ties go to whose last task is oldest (rule 17), then to the id, so that two workers answer the same. */
async function leastLoaded(
  tx: Tx,
  assign: Extract<Assign, { rule: 'leastLoaded' }>,
  community: string | null,
): Promise<ResolvedPeople> {
  const { rows } = await sql<{ id: string; open: number }>`
    select p.id, (select count(*)::int from task t where t.holder = p.id and t.state in ('open', 'completing')) as open
    from person p where p.disabled_at is null and exists (select from role_grant g where g.person_id = p.id and g.role = ${assign.role}
      and (g.community_id is null or g.community_id = ${community}::uuid))
    order by open, (select max(t.opened_at) from task t where t.holder = p.id) nulls first, p.id limit 1`.execute(tx);
  const [first] = rows;
  const inputs = { role: assign.role, community, open: first?.open ?? null };
  return answer(assign, inputs, first === undefined ? [] : [first.id]);
}

/** Employees on a post of the community with that code, who can sign in. */
function postHolders(tx: Tx, post: string, community: string | null): Promise<string[]> {
  return ids(
    tx,
    sql`select distinct p.id from record.post o join record.employee e on e.post = o.id and e.deleted_at is null
      join person p on p.employee_id = e.id and p.disabled_at is null
      where o.code = ${post} and o.deleted_at is null and (${community}::uuid is null or e.community is null or e.community = ${community}::uuid)
      order by p.id`,
  );
}

/** The head of the person's department, or of the one so many levels up. Whoever heads a department asks one level higher. */
async function departmentHead(
  tx: Tx,
  assign: Extract<Assign, { rule: 'departmentHead' }>,
  request: ResolveRequest,
): Promise<ResolvedPeople> {
  const of = assign.of === 'previous' ? request.previous : request.initiator;
  const levels = assign.levels ?? 1;
  const { rows } = await sql<{ id: string; department: string }>`
    with recursive up as (
      select d.id, d.parent, d.head, 1 as level, array[d.id] as seen
      from person p join record.employee e on e.id = p.employee_id join record.department d on d.id = e.department
      where p.id = ${of}::uuid and d.deleted_at is null
      union all
      select d.id, d.parent, d.head, up.level + 1, up.seen || d.id from up join record.department d on d.id = up.parent
      where d.deleted_at is null and d.id <> all (up.seen))
    select p.id, up.id as department from up join person p on p.employee_id = up.head and p.disabled_at is null
    where up.head is not null and p.id is distinct from ${of}::uuid order by up.level offset ${levels - 1} limit 1`.execute(
    tx,
  );
  const [head] = rows;
  return answer(assign, { of, levels, department: head?.department ?? null }, head === undefined ? [] : [head.id]);
}
