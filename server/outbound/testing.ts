/** People with addresses, a community in a zone of its own, and notifications as applying a delta writes them. */
import { sql } from 'kysely';
import { createPerson, type TestPerson } from '../testing/app.ts';
import type { TestDb } from '../testing/database.ts';

export async function aCommunity({ adminDb }: TestDb, zone = 'Asia/Shanghai'): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into record.community (code, name, time_zone, form_version)
    values (${`c${Math.random().toString(36).slice(2, 8)}`}, '翡翠花园', ${zone}, 1) returning id`.execute(adminDb);
  return only(rows).id;
}

export async function aResident(
  test: TestDb,
  { phone, email, ...given }: TestPerson & { phone?: string; email?: string } = {},
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into record.party (kind, name, phone, email, form_version)
    values ('person', '林', ${phone ?? null}, ${email ?? null}, 1) returning id`.execute(test.adminDb);
  return createPerson(test, { name: '林晓', ...given, partyId: only(rows).id });
}

export async function anEmployee(
  test: TestDb,
  { phone, email, ...given }: TestPerson & { phone?: string; email?: string } = {},
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into record.employee (number, name, phone, email, form_version)
    values (${`e${Math.random().toString(36).slice(2, 8)}`}, '陈', ${phone ?? null}, ${email ?? null}, 1) returning id`.execute(
    test.adminDb,
  );
  const id = await createPerson(test, { name: '陈志强', ...given });
  await test.adminDb
    .updateTable('person')
    .set({ employee_id: only(rows).id })
    .where('id', '=', id)
    .execute();
  return id;
}

export interface TestCase {
  id: string;
  number: string;
  taskId: string;
}

/** A repair with one open task at its first human step. */
export async function aRepair(
  { adminDb }: TestDb,
  {
    initiator,
    communityId,
    holder,
    urgency = 'normal',
  }: { initiator: string; communityId: string; holder?: string; urgency?: string },
): Promise<TestCase> {
  const number = `WX-${Math.random().toString(36).slice(2, 9)}`;
  const { rows } = await sql<{ id: string; step: string }>`
    with v as (select flow, version, form_version, jsonb_path_query_first(definition, '$.** ? (@.kind == "userTask").id') #>> '{}' as step
        from flow_version where flow = 'repair' order by version desc limit 1),
      k as (insert into "case" (number, flow, flow_version, form, form_version, community_id, initiator, title, status)
        select ${number}, flow, version, 'repair', form_version, ${communityId}, ${initiator}, '3-2-1804 厨房漏水', 'running' from v returning id),
      t as (insert into task (id, case_id, flow, step, kind, state, community_id, assignee, assignment, due_at, opened_at, opened_rev, rev)
        select k.id || '-1', k.id, v.flow, v.step, 'userTask', 'open', ${communityId}, ${holder ?? initiator}, 1, '2026-11-24T02:30Z', now(), 1, 1 from k, v)
    select k.id, v.step from k, v`.execute(adminDb);
  const id = only(rows).id;
  await sql`insert into record.repair (id, community_id, form_version, number, area, category, urgency, description)
    values (${id}, ${communityId}, 1, ${number}, 'private', 'water', ${urgency}, '漏水')`.execute(adminDb);
  return { id, number, taskId: `${id}-1` };
}

export interface Telling {
  person: string;
  kind: string;
  of?: TestCase;
  by?: string;
  dedupe?: string;
}

/** By the engine role, as the product does. */
export async function tell({ db }: TestDb, { person, kind, of, by, dedupe }: Telling): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local role guanjia_engine`.execute(tx);
    await sql`insert into notification (person_id, case_id, task_id, kind, params, dedupe)
      values (${person}, ${of?.id ?? null}, ${of?.taskId ?? null}, ${kind}, ${JSON.stringify({ by })}::jsonb, ${dedupe ?? null})
      on conflict (dedupe) do nothing`.execute(tx);
  });
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was written');
  return row;
}
