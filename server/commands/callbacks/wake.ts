/**
 * Tells cases that what they wait for outside is there, or that its time is over: at once, and again and again until their effect has ended.
 * Telling twice does nothing: the case only looks.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import { sql } from 'kysely';
import { callbackSignal } from '../../../workflows/messages.ts';
import { asEngine } from '../../db/as.ts';
import type { Deps } from '../../deps.ts';
import type { CallbackOf } from './ask.ts';

const atOnce = 50;
const deadlineMs = 5000;
/** A wait is over sooner than its activity, which has to go to Temporal and back: the second telling has time. */
const firstWaitSeconds = 5;
const longestWaitSeconds = 300;
const keptDays = 90;

type Needs = Pick<Deps, 'db' | 'temporal' | 'log'>;

/** Those that are due; gives how many were told. */
export async function wakeCallbacks(deps: Needs): Promise<number> {
  const due = await takeDue(deps);
  await Promise.all(due.map((of) => wake(deps, of)));
  return due.length;
}

/** Never throws: what is not told now the sweep tells. */
export async function wake({ temporal, log }: Needs, { caseId, effect }: CallbackOf): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + deadlineMs, () =>
      temporal.workflow.getHandle(caseId).signal(callbackSignal, effect),
    );
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) return;
    log.info({ err, caseId, effect }, 'case not told of its callback yet');
  }
}

function takeDue({ db }: Pick<Deps, 'db'>): Promise<CallbackOf[]> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<CallbackOf>`
      update callback c set state = case when c.state = 'open' then 'expired' else c.state end, attempts = c.attempts + 1,
        next_at = now() + least(${firstWaitSeconds} * power(2, least(c.attempts, 10)), ${longestWaitSeconds}) * interval '1 second'
      from (select case_id, effect from callback where next_at <= now() and state <> 'closed' order by next_at limit ${atOnce}
        for update skip locked) x
      where (c.case_id, c.effect) = (x.case_id, x.effect)
        and exists (select from effect f where f.case_id = c.case_id and f.id = c.effect and f.state = 'pending')
      returning c.case_id as "caseId", c.effect`.execute(tx);
    // What has ended is not looked at again; what was said is in the effect.
    await sql`
      update callback c set state = 'closed', body = null from effect f
      where c.next_at <= now() and c.state <> 'closed' and f.case_id = c.case_id and f.id = c.effect and f.state <> 'pending'`.execute(
      tx,
    );
    return rows;
  });
}

/** An address that is forgotten is as unknown as any other. */
export async function tidyCallbacks({ db }: Pick<Deps, 'db'>): Promise<void> {
  await asEngine(db, (tx) =>
    sql`delete from callback where state = 'closed' and expires_at < now() - ${keptDays} * interval '1 day'`.execute(
      tx,
    ),
  );
}
