/**
 * What a delta means for cases that call each other, written in its own transaction: which cases it calls, which of them it gives up, and of a
 * called one what it tells the case that waits. Whoever drives that comes later (deliver.ts, cancel.ts), so no case's lock waits for another's.
 */
import { sql } from 'kysely';
import type { DeltaEntry, Effect } from '../../../workflows/engine/types.ts';
import type { Tx } from '../../db/as.ts';
import { startId } from '../../starts/start-id.ts';

/** Of the case that a call starts: the same call names the same case. */
export function childId(parent: string, effect: number): string {
  return startId(['call', parent, String(effect)]);
}

/** `log`: entries that are applied already and count here because one of the fresh ones is older. Whether anybody has something to do. */
export async function keepCalls(
  tx: Tx,
  caseId: string,
  { fresh, log }: { fresh: readonly DeltaEntry[]; log: readonly DeltaEntry[] },
): Promise<boolean> {
  const calls = fresh.flatMap(({ effects }) => effects.filter((effect) => effect.type === 'call'));
  if (calls.length > 0) await insertCalls(tx, caseId, calls);
  for (const { consumed } of fresh)
    if (consumed.type === 'command' && consumed.command.kind === 'migrate')
      await renameSteps(tx, caseId, consumed.command.mapping);
  const given = [...log, ...fresh].flatMap(({ cancels = [] }) => cancels);
  if (given.length > 0) await giveUp(tx, caseId, given);
  const notices = fresh.flatMap(noticesOf);
  const told = notices.length > 0 && (await insertNotices(tx, caseId, notices));
  return given.length > 0 || told;
}

type CallEffect = Extract<Effect, { type: 'call' }>;

/** Tables that are brought up to what Temporal knows may learn of the called case first: what it came to is told then. */
async function insertCalls(tx: Tx, caseId: string, calls: readonly CallEffect[]): Promise<void> {
  const rows = calls.map(({ id, step, flow, waits }) => ({
    child: childId(caseId, id),
    effect: id,
    step,
    flow,
    waits,
  }));
  await sql`
    insert into case_call (child, parent, effect, step, flow, waits, depth)
    select child, ${caseId}, effect, step, flow, waits, coalesce((select p.depth from case_call p where p.child = ${caseId}), 0) + 1
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (child uuid, effect int, step text, flow text, waits boolean)
    on conflict do nothing`.execute(tx);
  await sql`
    insert into call_notice (child, rev, n, kind, code)
    select c.child, k.row_rev, ${LAST}, 'ended', (select e.entry #>> '{case,error}' from case_event e where e.case_id = k.id order by e.rev desc limit 1)
    from case_call c join "case" k on k.id = c.child and k.status in ('completed', 'cancelled')
    where c.child = any (${rows.map(({ child }) => child)}::uuid[]) and c.waits
    on conflict do nothing`.execute(tx);
}

/** The case goes on under a version that calls a step otherwise. */
async function renameSteps(tx: Tx, caseId: string, mapping: Record<string, string>): Promise<void> {
  await sql`update case_call set step = ${JSON.stringify(mapping)}::jsonb ->> step
    where parent = ${caseId} and ${JSON.stringify(mapping)}::jsonb ? step`.execute(tx);
}

async function giveUp(tx: Tx, caseId: string, effects: readonly number[]): Promise<void> {
  await sql`update case_call set cancel_at = now() where parent = ${caseId} and effect = any (${effects}::int[]) and cancel_at is null`.execute(
    tx,
  );
}

interface Notice {
  rev: number;
  n: number;
  kind: 'escalated' | 'ended';
  code: string | null;
}
/** After whatever it escalates with its last event. */
const LAST = 10_000;

function noticesOf({ rev, escalates = [], case: { status, error, called } }: DeltaEntry): Notice[] {
  const isOver = called !== false && (status === 'completed' || status === 'cancelled');
  const ended = { rev, n: LAST, kind: 'ended' as const, code: error ?? null };
  return [...escalates.map((code, n) => ({ rev, n, kind: 'escalated' as const, code })), ...(isOver ? [ended] : [])];
}

/** Of a case that no other waits for there is nobody to tell: most say so themselves. What a closed case still logs is no second end. */
async function insertNotices(tx: Tx, caseId: string, notices: readonly Notice[]): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into call_notice (child, rev, n, kind, code)
    select c.child, x.rev, x.n, x.kind, x.code
    from json_to_recordset(${JSON.stringify(notices)}::json) as x (rev int, n int, kind text, code text), case_call c
    where c.child = ${caseId} and c.waits
    order by x.rev, x.n
    on conflict do nothing`.execute(tx);
  return (numAffectedRows ?? 0n) > 0n;
}

/** A case whose start the engine refused is over before it began: for `refuseCommand`, in its statement. */
export function endOfRefused(caseId: string, kind: string) {
  return sql`insert into call_notice (child, rev, n, kind)
    select c.child, 0, ${LAST}, 'ended' from case_call c where c.child = ${caseId} and c.waits and ${kind} = 'start' on conflict do nothing`;
}
