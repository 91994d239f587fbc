/**
 * Brings the tables up to what Temporal knows. Who did what and when comes back whole, and with it the values that the flow's expressions
 * mention; other values and comments never left the lost database, so the commands are made again without them.
 */
import { sql } from 'kysely';
import type { Command, DeltaEntry, Vars } from '../../workflows/engine/types.ts';
import { fold } from '../../workflows/engine/fold.ts';
import { openTasksOf, snapshot } from '../../workflows/engine/views.ts';
import { applyDelta } from '../commands/apply/index.ts';
import { applySnapshot } from '../commands/apply/snapshot.ts';
import { versionsIn } from '../commands/versions.ts';
import { asEngine, type Db } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { readLog } from './tables.ts';
import type { Here, There } from './types.ts';

export interface BroughtUp {
  /** Commands whose rows were lost and made again. */
  commands: number;
  /** Revs that neither side has any more. */
  lostRevs: number;
}

export async function bringUp(db: Db, here: Here, there: There): Promise<BroughtUp> {
  const fresh = there.entries.filter(({ rev }) => rev > here.appliedRev);
  // The case may have moved to another version since the backup.
  const version = fresh.at(-1)?.flowVersion ?? here.flowVersion;
  const flow = await getFlow(db, { key: here.flow, version });
  const commands = await makeCommandsAgain(db, here.caseId, { flow, fresh });
  const { appliedRev } = await applyDelta(db, { caseId: here.caseId, entries: fresh });
  const lostRevs = there.rev - appliedRev;
  if (lostRevs === 0) await straighten(db, here.caseId, flow);
  else if (there.result !== null) await applySnapshot(db, here.caseId, there.result);
  return { commands, lostRevs };
}

/** The rows against what the whole log says. */
async function straighten(db: Db, caseId: string, flow: PublishedFlow): Promise<void> {
  const entries = [...(await readLog(db, caseId)).values()];
  const versions = await versionsIn(db, flow, entries);
  const state = fold(versions, caseId, entries);
  const { differs } = await applyDelta(db, { caseId, entries: entries.slice(-1), open: openTasksOf(state) });
  if (differs) await applySnapshot(db, caseId, snapshot(versions(state.flowVersion), state));
}

interface Lost {
  flow: PublishedFlow;
  fresh: readonly DeltaEntry[];
}

/** Pending for a moment: applying their entries, in the next transaction, ends them. */
function makeCommandsAgain(db: Db, caseId: string, { flow, fresh }: Lost): Promise<number> {
  const rows = fresh.flatMap(({ consumed, at }) =>
    consumed.type === 'command' ? [toRow(consumed.command, at, flow)] : [],
  );
  return asEngine(db, async (tx) => {
    const { numAffectedRows } = await sql`
      insert into command (id, case_id, n, kind, actor, task_id, args, patch, flow_version, created_at)
      select x.id, ${caseId}, x.n, x.kind, (select p.id from person p where p.id = x.actor), x.task_id, x.args, x.patch, x.flow_version, x.at
      from json_to_recordset(${JSON.stringify(rows)}::json) as x (id uuid, n int, kind text, actor uuid, task_id text, args jsonb, patch jsonb,
        flow_version int, at timestamptz)
      on conflict do nothing`.execute(tx);
    const last = Math.max(0, ...rows.map(({ n }) => n));
    await sql`update "case" set last_n = greatest(last_n, ${last}) where id = ${caseId}`.execute(tx);
    return Number(numAffectedRows ?? 0);
  });
}

function toRow(command: Command, at: number, flow: PublishedFlow) {
  const { id, n, kind, actor, flowVersion, vars, lowestPending: _lowest, ...args } = command;
  const patch = Object.keys(vars).length === 0 ? null : toFields(vars, flow);
  const task = 'task' in args ? args.task : null;
  return { id, n, kind, actor, task_id: task, args, patch, flow_version: flowVersion, at: new Date(at).toISOString() };
}

/** The engine's values as a form's: money is a number again. */
function toFields(vars: Vars, flow: PublishedFlow): Record<string, unknown> {
  const isMoney = (field: string): boolean => flow.loaded.types?.[field] === 'money';
  return Object.fromEntries(
    Object.entries(vars).map(([field, value]) => [
      field,
      isMoney(field) && typeof value === 'string' ? Number(value) : value,
    ]),
  );
}
