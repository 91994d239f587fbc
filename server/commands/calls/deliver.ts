/**
 * Tells cases what became of those they have called: an Update, whose answer is applied like a command's. The case takes each end and each
 * escalation once, so whatever a crash left pending is simply told again. One notice of a case is on its way at a time, in their order.
 */
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { childUpdate, REFUSED, type ChildMessage, type MessageAnswer } from '../../../workflows/messages.ts';
import { asEngine } from '../../db/as.ts';
import type { Deps } from '../../deps.ts';
import { applyDelta } from '../apply/index.ts';
import { applyRest } from '../closed.ts';
import { cancelGivenUp } from './cancel.ts';
import { readOutcome, type Call } from './outcome.ts';

interface Leased extends Call {
  rev: number;
  n: number;
  kind: 'escalated' | 'ended';
  code: string | null;
  attempts: number;
}
/** What telling needs. */
type Telling = Pick<Deps, 'db' | 'temporal' | 'log'>;
type Result = 'told' | 'missed' | 'refused' | 'later';

const atOnce = 20;
const leaseSeconds = 30;
const deadlineMs = 5000;
const longestWaitSeconds = 300;

/** What is due now, and what that brings about. Gives how many were told. */
export async function driveCalls(deps: Telling): Promise<number> {
  let told = 0;
  for (let leased = await leaseDue(deps); leased.length > 0; leased = await leaseDue(deps)) {
    await Promise.all(leased.map(async (notice) => settle(deps, notice, await deliver(deps, notice))));
    told += leased.length;
  }
  await cancelGivenUp(deps.db);
  return told;
}

/** At once, for whoever has just written something for another case. Not awaited: what is lost here the sweep finds. */
export function hurryCalls(deps: Telling): void {
  driveCalls(deps).catch((err: unknown) => {
    deps.log.warn({ err }, 'called cases not told yet');
  });
}

/** Who leases waits for whoever does it at the same moment: so one case is told by one, and never of two things at a time. */
function leaseDue({ db }: Telling): Promise<Leased[]> {
  return asEngine(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('call_notice', 7203))`.execute(tx);
    const { rows } = await sql<Leased>`
      update call_notice d set attempts = attempts + 1, lease_until = now() + ${leaseSeconds} * interval '1 second'
      from (
        select distinct on (l.parent) i.child, i.rev, i.n from call_notice i join case_call l on l.child = i.child join "case" k on k.id = i.child
        where i.state = 'pending' and i.next_at <= now() and not k.has_gap
          and not exists (select from call_notice o where o.child = i.child and o.state = 'pending' and (o.rev, o.n) < (i.rev, i.n))
          and not exists (select from call_notice o join case_call b on b.child = o.child
            where b.parent = l.parent and o.state = 'pending' and o.lease_until > now())
        order by l.parent, i.next_at, i.child, i.rev, i.n limit ${atOnce}) x, case_call l, "case" p
      where (d.child, d.rev, d.n) = (x.child, x.rev, x.n) and l.child = d.child and p.id = l.parent
      returning d.child, d.rev, d.n, d.kind, d.code, d.attempts, l.parent, l.effect, l.step, p.flow as "parentFlow",
        p.flow_version as "parentVersion"`.execute(tx);
    return rows;
  });
}

async function deliver(deps: Telling, notice: Leased): Promise<Result> {
  const { parent: caseId, child } = notice;
  try {
    const { taken, entries, open } = await tell(deps, notice, await eventOf(deps, notice));
    // Also where it is not taken: whoever told it before may have died before it applied what that did.
    if (entries.length > 0) await applyDelta(deps.db, { caseId, entries, ...(open && { open }) });
    return taken ? 'told' : 'missed';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && (await applyRest(deps, caseId))) return 'missed';
    if (isRefusal(error)) {
      deps.log.warn({ err: error, caseId, child }, 'the engine failed on what a called case tells');
      return 'refused';
    }
    deps.log.info({ err: error, caseId, child }, 'what a called case tells stays pending');
    return 'later';
  }
}

function isRefusal(error: unknown): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === REFUSED;
}

async function eventOf({ db }: Telling, notice: Leased): Promise<ChildMessage['event']> {
  const { effect, kind, code } = notice;
  if (kind === 'escalated') return { type: 'childEscalated', effect, id: idOf(notice), code: code ?? '' };
  const { failed, ...outcome } = await readOutcome(db, notice);
  return { type: 'childEnded', effect, ...outcome, error: code ?? failed };
}

function idOf({ child, rev, n }: Leased): string {
  return `${child}:${String(rev)}:${String(n)}`;
}

function tell({ temporal }: Telling, notice: Leased, event: ChildMessage['event']): Promise<MessageAnswer> {
  const args: [ChildMessage] = [{ event, acked: 0 }];
  return temporal.withDeadline(Date.now() + deadlineMs, () =>
    temporal.workflow.getHandle(notice.parent).executeUpdate(childUpdate, { args, updateId: idOf(notice) }),
  );
}

async function settle({ db }: Telling, { child, rev, n, attempts }: Leased, result: Result): Promise<void> {
  const wait = Math.min(2 ** attempts, longestWaitSeconds);
  await asEngine(db, (tx) =>
    sql`update call_notice set state = ${result === 'later' ? 'pending' : result}, lease_until = null,
        next_at = case when ${result === 'later'} then now() + ${wait} * interval '1 second' else next_at end
      where child = ${child} and rev = ${rev} and n = ${n} and state = 'pending'`.execute(tx),
  );
}
