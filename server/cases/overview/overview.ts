/**
 * Counts for the overview. Row security says which cases count, so that each number is what the search finds for the same person. A
 * case is counted once in each stage, however many of its branches wait there.
 */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Db, Tx } from '../../db/as.ts';
import { hasRegisters } from '../../db/registers.ts';
import { mayAnywhere } from '../../security/may.ts';
import { countStages } from './stages.ts';
import type { Overview, OverviewLoad, OverviewNumbers, OverviewStaff } from './schemas.ts';

type Numbers = Static<typeof OverviewNumbers>;
type Cases = NonNullable<Static<typeof Overview>['cases']>;

const mostPeople = 20;
const none: Numbers = { running: 0, overdue: 0, escalated: 0, incidents: 0 };

export async function readOverview(db: Db, tx: Tx, community: string | null): Promise<Static<typeof Overview>> {
  return {
    at: new Date().toISOString(),
    cases: (await mayAnywhere(tx, 'case.read')) ? await readCases(db, tx, community) : null,
    staff: (await mayAnywhere(tx, 'record.write:employee')) ? await readStaff(tx, community) : null,
  };
}

async function readCases(db: Db, tx: Tx, community: string | null): Promise<Cases> {
  const perCommunity = await countCases(tx, community);
  return {
    numbers: sum(perCommunity),
    stages: await countStages(db, tx, community),
    workload: await countWorkload(tx, community),
    communities: community === null ? await sideBySide(tx, perCommunity) : [],
  };
}

interface CommunityNumbers extends Numbers {
  id: string | null;
}

/** One row a community, and one for the cases of the company. */
async function countCases(tx: Tx, community: string | null): Promise<CommunityNumbers[]> {
  const { rows } = await sql<CommunityNumbers>`
    with running as materialized (
      select c.id, c.community_id, jsonb_array_length(c.incidents) > 0 as has_incident from "case" c
       where c.status = 'running' and (${community}::uuid is null or c.community_id = ${community}::uuid)),
    late as materialized (
      select t.case_id, bool_or(exists (select from case_event e where e.case_id = t.case_id and e.task_id = t.id
          and e.type = 'timer_fired' and e.data ->> 'action' = 'escalate')) as is_escalated
        from task t where t.state in ('open', 'completing') and t.due_at < now() and t.case_id in (select id from running)
       group by t.case_id)
    select r.community_id as id, count(*)::int as running, count(l.case_id)::int as overdue,
           count(*) filter (where l.is_escalated)::int as escalated, count(*) filter (where r.has_incident)::int as incidents
      from running r left join late l on l.case_id = r.id group by r.community_id`.execute(tx);
  return rows;
}

function sum(rows: readonly Numbers[]): Numbers {
  const total = { ...none };
  for (const row of rows) for (const name of Object.keys(none) as (keyof Numbers)[]) total[name] += row[name];
  return total;
}

/** Every community in which the person reads cases, also one where nothing runs. */
async function sideBySide(tx: Tx, counted: readonly CommunityNumbers[]): Promise<Cases['communities']> {
  if (!(await hasRegisters(tx, 'community'))) return [];
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from record.community where deleted_at is null and id in (select my_communities('case.read'))
     order by name, id limit 200`.execute(tx);
  return rows.map(({ id, name }) => {
    const { id: _, ...numbers } = counted.find((row) => row.id === id) ?? { id, ...none };
    return { id, name, numbers };
  });
}

async function countWorkload(tx: Tx, community: string | null): Promise<Static<typeof OverviewLoad>[]> {
  const { rows } = await sql<Static<typeof OverviewLoad>>`
    select jsonb_build_object('id', p.id, 'name', p.display_name) as person, count(distinct t.case_id)::int as cases,
           (count(distinct t.case_id) filter (where t.due_at < now()))::int as overdue
      from task t join "case" c on c.id = t.case_id join person p on p.id = t.holder
     where t.state in ('open', 'completing') and c.status = 'running'
       and (${community}::uuid is null or c.community_id = ${community}::uuid)
     group by p.id order by 2 desc, 3 desc, p.display_name, p.id limit ${mostPeople}`.execute(tx);
  return rows;
}

async function readStaff(tx: Tx, community: string | null): Promise<Static<typeof OverviewStaff> | null> {
  if (!(await hasRegisters(tx, 'employee', 'department'))) return null;
  const { rows } = await sql<{ name: string; employees: number }>`
    select coalesce(d.name, '') as name, count(*)::int as employees
      from record.employee e left join record.department d on d.id = e.department
     where e.deleted_at is null and (${community}::uuid is null or d.community = ${community}::uuid)
     group by d.id, d.name order by 2 desc, 1 limit 200`.execute(tx);
  return { employees: rows.reduce((total, row) => total + row.employees, 0), departments: rows };
}
