/**
 * Drives deliveries: the case is told by an Update under the message's id, and what it did is applied like a command's answer. A case that no
 * longer waits says so, and the message looks for another; a crash leaves the delivery pending for the next sweep, and the case takes one id once.
 */
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { catchingOf } from '../../../workflows/engine/catching.ts';
import type { Await } from '../../../workflows/engine/types.ts';
import { messageUpdate, REFUSED, type MessageAnswer } from '../../../workflows/messages.ts';
import { asEngine, type Tx } from '../../db/as.ts';
import { getFlow, type PublishedFlow } from '../../definitions/published.ts';
import type { Deps } from '../../deps.ts';
import { applyDelta } from '../apply/index.ts';
import { hurryCalls } from '../calls/deliver.ts';
import { varsOf } from '../message.ts';
import { route, tellKeepers } from './accept.ts';

interface Leased {
  message: string;
  caseId: string;
  awaitId: number;
  kind: 'message' | 'signal';
  name: string;
  key: string | null;
  fields: Fields;
  attempts: number;
  flow: string;
  flowVersion: number;
}
type Result = 'taken' | 'missed' | 'refused' | 'later';

const atOnce = 20;
const leaseSeconds = 30;
const deadlineMs = 5000;
const longestWaitSeconds = 300;

/** Those of one message, or what is due; gives how many were driven. */
export async function deliverMessages(deps: Deps, only: string | null = null): Promise<number> {
  const leased = await leaseDue(deps, only);
  await Promise.all(leased.map(async (delivery) => settle(deps, delivery, await deliver(deps, delivery))));
  return leased.length;
}

function leaseDue({ db }: Deps, only: string | null): Promise<Leased[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Leased>`
      update message_delivery d set attempts = attempts + 1, lease_until = now() + ${leaseSeconds} * interval '1 second'
      from (select message_id, case_id, await_id from message_delivery where state = 'pending' and next_at <= now()
          and (lease_until is null or lease_until < now()) and (${only}::uuid is null or message_id = ${only}::uuid)
        order by next_at limit ${atOnce} for update skip locked) x, message m, "case" c
      where (d.message_id, d.case_id, d.await_id) = (x.message_id, x.case_id, x.await_id) and m.id = d.message_id and c.id = d.case_id
      returning d.message_id as message, d.case_id as "caseId", d.await_id as "awaitId", d.attempts, m.kind, m.name, m.key, m.fields,
        c.flow, c.flow_version as "flowVersion"`.execute(tx);
    return rows;
  });
}

async function deliver(deps: Deps, delivery: Leased): Promise<Result> {
  const { message: id, caseId } = delivery;
  try {
    const answer = await tell(deps, delivery);
    if (!answer.taken) return 'missed';
    const { entries, open } = answer;
    const { tellsOthers } = await applyDelta(deps.db, { caseId, entries, ...(open && { open }) });
    if (tellsOthers) hurryCalls(deps);
    return 'taken';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'missed';
    if (isRefusal(error)) return 'refused';
    deps.log.info({ err: error, message: id, caseId }, 'message stays pending');
    return 'later';
  }
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === REFUSED;
}

/** The patch is in its row before the case is told: whoever applies the event finds it. */
async function tell({ db, temporal }: Deps, delivery: Leased): Promise<MessageAnswer> {
  const { message: id, caseId, kind, name, key, fields } = delivery;
  const flow = await getFlow(db, { key: delivery.flow, version: delivery.flowVersion });
  const waits = await readWaits(db, delivery);
  const patch: Fields = Object.fromEntries(waits.flatMap((each) => Object.entries(patchBy(flow, each, fields))));
  const hasPatch = Object.keys(patch).length > 0;
  if (hasPatch)
    await asEngine(db, (tx) =>
      sql`update message_delivery set patch = coalesce(patch, ${JSON.stringify(patch)}::jsonb)
        where message_id = ${id} and case_id = ${caseId} and await_id = ${delivery.awaitId}`.execute(tx),
    );
  // A message is mapped for the wait that it was routed to: no other of its name takes it, with another output.
  const { awaitId } = delivery;
  const meant = kind === 'message' ? { wait: awaitId } : {};
  const update = { id, kind, name, key, ...meant, vars: varsOf(flow, patch), patch: hasPatch ? id : null, acked: 0 };
  // By wait as well: missed there, it may come again for one that has opened since.
  const updateId = `${id}:${String(awaitId)}`;
  return temporal.withDeadline(Date.now() + deadlineMs, () =>
    temporal.workflow.getHandle(caseId).executeUpdate(messageUpdate, { args: [update], updateId }),
  );
}

type Fields = Record<string, unknown>;

/** What the message writes into the record of the case that takes it: the `output` of what waits, field → property of the message. */
export function patchBy(
  { definition, steps }: PublishedFlow,
  wait: Pick<Await, 'step' | 'part'>,
  fields: Fields,
): Fields {
  const catching = catchingOf({ flow: definition, steps }, wait);
  const output = 'output' in catching ? catching.output : undefined;
  return Object.fromEntries(Object.entries(output ?? {}).map(([field, property]) => [field, fields[property] ?? null]));
}

/** The one that is meant, none if it is closed; of a signal all of the case. */
function readWaits(
  db: Deps['db'],
  { caseId, awaitId, kind, name, key }: Leased,
): Promise<Pick<Await, 'step' | 'part'>[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Pick<Await, 'step' | 'part'>>`
      select step, part from case_await where case_id = ${caseId} and kind = ${kind} and name = ${name} and key is not distinct from ${key}
        and (kind = 'signal' or id = ${awaitId}) order by opened_at, id limit 1000`.execute(tx);
    return rows;
  });
}

async function settle({ db }: Deps, delivery: Leased, result: Result): Promise<void> {
  const { message: id, caseId, awaitId, kind, name, key, fields, attempts } = delivery;
  await asEngine(db, async (tx) => {
    if (kind === 'message') await sql`select lock_message(${name}, ${key})`.execute(tx);
    // Whoever settles the last of a signal's deliveries sees that it is the last.
    else await sql`select from message where id = ${id} for update`.execute(tx);
    const wait = Math.min(2 ** attempts, longestWaitSeconds);
    const { numAffectedRows } = await sql`
      update message_delivery set state = ${result === 'later' ? 'pending' : result}, lease_until = null,
        next_at = case when ${result === 'later'} then now() + ${wait} * interval '1 second' else next_at end
      where message_id = ${id} and case_id = ${caseId} and await_id = ${awaitId} and state = 'pending'`.execute(tx);
    if (numAffectedRows !== 1n || result === 'later') return;
    if (kind === 'signal') await endSignal(tx, id);
    else if (result === 'missed') await route(tx, { id, name, key: key ?? '', fields });
    else await endMessage(tx, { id, name, key: key ?? '' }, result);
  });
}

async function endSignal(tx: Tx, id: string): Promise<void> {
  await sql`update message set state = 'taken', ended_at = now(), fields = '{}' where id = ${id}
    and not exists (select from message_delivery where message_id = ${id} and state = 'pending')`.execute(tx);
}

async function endMessage(
  tx: Tx,
  of: { id: string; name: string; key: string },
  result: 'taken' | 'refused',
): Promise<void> {
  const dead = result === 'refused';
  await sql`update message set state = ${dead ? 'dead' : 'taken'}, reason = ${dead ? 'refused' : null}, ended_at = now(),
    fields = case when ${dead} then fields else '{}'::jsonb end where id = ${of.id} and state = 'pending'`.execute(tx);
  if (dead) await tellKeepers(tx, of);
}

/** Early ones that nobody came for, and what is long over. */
export async function tidyMessages({ db }: Deps): Promise<void> {
  await asEngine(db, async (tx) => {
    const { rows } = await sql<{ id: string; name: string; key: string }>`
      update message set state = 'dead', reason = 'expired', expires_at = null, ended_at = now() where state = 'early' and expires_at <= now()
      returning id, name, key`.execute(tx);
    for (const row of rows) await tellKeepers(tx, row);
    await sql`delete from message where created_at < now() - interval '90 days' and state in ('taken', 'started', 'discarded')`.execute(
      tx,
    );
  });
}
