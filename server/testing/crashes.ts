/** Crashes at the places that matter to the command protocol, made by what the server is handed: no module is replaced. */
import { sql } from 'kysely';
import type { CommandAnswer } from '../../workflows/messages.ts';
import type { Deps } from '../deps.ts';

/** The process dies after the case has answered and before tx2. */
export function dyingAfterRpc(deps: Deps): Deps {
  return withDeadline(deps, async (until, run) => {
    await deps.temporal.withDeadline(until, run);
    throw new Error('the process died after the rpc');
  });
}

/** The process dies after tx1 and before the case is asked. */
export function dyingBeforeRpc(deps: Deps): Deps {
  return withDeadline(deps, () => Promise.reject(new Error('the process died before the rpc')));
}

/** Something else happens after the case has answered and before tx2. */
export function meddledAfterRpc(deps: Deps, meddle: (answer: CommandAnswer) => Promise<unknown>): Deps {
  return withDeadline(deps, async (until, run) => {
    const answer = await deps.temporal.withDeadline(until, run);
    await meddle(answer as CommandAnswer);
    return answer;
  });
}

type WithDeadline = (until: number | Date, run: () => Promise<unknown>) => Promise<unknown>;

function withDeadline(deps: Deps, replacement: WithDeadline): Deps {
  const temporal = new Proxy(deps.temporal, {
    get: (target, name) => (name === 'withDeadline' ? replacement : (Reflect.get(target, name) as unknown)),
  });
  return { ...deps, temporal };
}

/** Time passes: whoever held a lease holds it no more, and a gap is old enough. */
export async function expireLeases({ adminDb }: Pick<Deps, 'adminDb'>): Promise<void> {
  await sql`update command set lease_until = now() - interval '1 second' where state = 'pending'`.execute(adminDb);
  await sql`update "case" set updated_at = updated_at - interval '5 seconds' where applied_rev < seen_rev`.execute(
    adminDb,
  );
}
