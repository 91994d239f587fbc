/** What runs beside the cases in every process that works: schedules whose time has come, starts and messages that wait, tables brought into line. */
import { sql } from 'kysely';
import { asEngine } from '../db/as.ts';
import { tidyCallbacks, wakeCallbacks } from '../commands/callbacks/wake.ts';
import { driveCalls } from '../commands/calls/deliver.ts';
import { deliverMessages, tidyMessages } from '../commands/messages/deliver.ts';
import type { Deps } from '../deps.ts';
import { startSweeper, type Sweeper } from '../worker/sweeper.ts';
import { driveStarts } from './drive.ts';
import { reconcileAll } from './reconcile.ts';
import { runSchedules } from './schedules.ts';

const everyMs = 1000;
const reconcileEveryMs = 60_000;
/** So long one sees what started what. */
const keptDays = 90;

export function startStarts(deps: Deps): Sweeper {
  let reconciledAt = 0;
  return startSweeper({
    everyMs,
    log: deps.log,
    async sweep() {
      if (Date.now() - reconciledAt > reconcileEveryMs) {
        await reconcileAll(deps.adminDb);
        await removeOld(deps);
        await tidyMessages(deps);
        await tidyCallbacks(deps);
        reconciledAt = Date.now();
      }
      await runSchedules(deps.db);
      await driveStarts(deps);
      await deliverMessages(deps);
      await wakeCallbacks(deps);
      await driveCalls(deps);
    },
  });
}

/** A row that is gone could be written again by the same cause: of messages and occurrences none comes so late. */
async function removeOld({ db }: Deps): Promise<void> {
  await asEngine(db, (tx) =>
    sql`delete from automatic_start where created_at < now() - ${keptDays} * interval '1 day'
      and state in ('done', 'skipped', 'discarded')`.execute(tx),
  );
}
