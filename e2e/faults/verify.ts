/** After the faults: the engine's own picture of every case against the rows, and every promise against its one effect. */
import { sql } from 'kysely';
import type { Client } from '@temporalio/client';
import { chain, type EventRow } from '../../server/commands/apply/chain.ts';
import type { Db } from '../../server/db/as.ts';
import type { Snapshot } from '../../workflows/engine/types.ts';
import type { Acknowledged } from './acts.ts';

/** What is still under way and how much of it; empty once everything settled. What a case waits for, in another one or outside, is not. */
export async function countLoose(adminDb: Db): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`select
    (select count(*)::int from command where state = 'pending') as commands,
    (select count(*)::int from task where state = 'completing') as completing,
    (select count(*)::int from "case" where status in ('starting', 'cancelling')) as "onTheWay",
    (select count(*)::int from "case" where applied_rev <> seen_rev or has_gap) as gaps,
    (select count(*)::int from "case" where incidents <> '[]') as incidents,
    (select count(*)::int from effect e where state = 'pending' and not exists (select from case_call l join "case" k on k.id = l.child
      where l.parent = e.case_id and l.effect = e.id and l.cancel_at is null and k.status = 'running')
      and not exists (select from callback b where b.case_id = e.case_id and b.effect = e.id and b.state = 'open'
        and b.asked_at is not null and not e.late)) as effects,
    (select count(*)::int from callback b join effect e on e.case_id = b.case_id and e.id = b.effect
      where e.state <> 'pending' and b.state <> 'closed') as callbacks,
    (select count(*)::int from automatic_start where state <> 'done') as starts,
    (select count(*)::int from message where state in ('pending', 'dead')) as messages,
    (select count(*)::int from message_delivery where state <> 'taken' or lease_until is not null) as deliveries,
    (select count(*)::int from case_await w join "case" c on c.id = w.case_id
      where c.status in ('completed', 'cancelled')) as waits,
    (select count(*)::int from call_notice where state not in ('told', 'missed') or lease_until is not null) as notices,
    (select count(*)::int from case_call where cancel_at is not null and cancelled_at is null) as calls`.execute(
    adminDb,
  );
  const [loose] = rows;
  if (loose === undefined) throw new Error('no counts');
  return Object.fromEntries(Object.entries(loose).filter(([, count]) => count > 0));
}

/** The same shape from both sides, so that a difference reads well. */
export interface Picture {
  rev: number;
  status: string;
  outcome: string | null;
  position: string[];
  incidents: unknown[];
  tasks: {
    id: string;
    step: string;
    assignee: string | null;
    pool: string | null;
    assignment: number;
    dueAt: number | null;
  }[];
}

export async function pictureOfEngine(temporal: Client, caseId: string): Promise<Picture> {
  const snapshot = await temporal.workflow.getHandle(caseId).query<Snapshot>('snapshot');
  const tasks = snapshot.tasks.map(({ task, step, assignee, pool, assignment, dueAt }) => ({
    id: task,
    step,
    assignee,
    pool,
    assignment,
    dueAt,
  }));
  const { status, outcome, position, incidents } = snapshot.case;
  return { rev: snapshot.rev, status, outcome, position, incidents, tasks: sorted(tasks) };
}

export async function pictureOfRows(adminDb: Db, caseId: string): Promise<Picture> {
  const row = await adminDb.selectFrom('case').selectAll().where('id', '=', caseId).executeTakeFirstOrThrow();
  const open = await adminDb
    .selectFrom('task')
    .select(['id', 'step', 'assignee', 'pool', 'assignment', 'due_at'])
    .where('case_id', '=', caseId)
    .where('state', '=', 'open')
    .execute();
  const tasks = open.map(({ due_at: dueAt, ...task }) => ({ ...task, dueAt: dueAt?.getTime() ?? null }));
  const { applied_rev: rev, status, outcome, position, incidents } = row;
  return { rev, status, outcome, position, incidents, tasks: sorted(tasks) };
}

/** Acknowledged commands that are not done, or whose events in the log are not exactly one. */
export async function findBroken(adminDb: Db, acknowledged: readonly Acknowledged[]): Promise<unknown[]> {
  const ids = acknowledged.map(({ command }) => command);
  const { rows } = await sql<{ id: string; state: string | null; events: number }>`
    select a.id, c.state, (select count(*)::int from case_event e where e.command_id = a.id) as events
      from unnest(${ids}::uuid[]) a(id) left join command c on c.id = a.id
     where c.state is distinct from 'done' or (select count(*) from case_event e where e.command_id = a.id) <> 1`.execute(
    adminDb,
  );
  return rows.map((row) => ({ ...row, ...acknowledged.find(({ command }) => command === row.id) }));
}

/** How many completions of steps the log has, by case, step and outcome. */
export async function countActs(adminDb: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ act: string; count: number }>`
    select case_id || ' ' || coalesce(step, '') || ' ' || coalesce(data ->> 'outcome', '') as act, count(*)::int as count
      from case_event where actor is not null and type <> 'case_started' group by 1`.execute(adminDb);
  return new Map(rows.map(({ act, count }) => [act, count]));
}

/** Cases whose hash chain does not verify from the first event to the last. */
export async function findBrokenChains(adminDb: Db): Promise<string[]> {
  const cases = await adminDb.selectFrom('case').select(['id', 'applied_rev', 'chain_hash']).execute();
  const broken: string[] = [];
  for (const { id, applied_rev: last, chain_hash: head } of cases) {
    const events = await adminDb
      .selectFrom('case_event')
      .selectAll()
      .where('case_id', '=', id)
      .orderBy('rev')
      .execute();
    const rows: EventRow[] = events.map(({ case_id: _case, hash: _hash, at, device_at: deviceAt, ...row }) => ({
      ...row,
      at: at.toISOString(),
      device_at: deviceAt?.toISOString() ?? null,
    }));
    const chained = chain(id, { rev: 0, head: null }, rows);
    const isWhole =
      chained.appliedRev === last && events.length === last && head !== null && chained.head?.equals(head);
    const isKept = chained.hashes.every(({ hash }, index) => events[index]?.hash?.equals(hash));
    if (isWhole !== true || !isKept) broken.push(id);
  }
  return broken;
}

function sorted<T extends { id: string }>(tasks: T[]): T[] {
  return tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
}
