/** A pending command read back from its row, for whoever drives it after its request: rebuilt for the version the case is on (rule 14). */
import { sql } from 'kysely';
import { asEngine, type Db } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { toCommand, type CommandRow } from './message.ts';
import type { Job } from './types.ts';

interface Row extends CommandRow {
  caseId: string;
  flow: string;
  flowVersion: number;
  lowest: number;
  toldLater: boolean;
  attempts: number;
}

export async function loadJob(db: Db, command: string): Promise<(Job & { attempts: number }) | undefined> {
  const row = await asEngine(db, async (tx) => {
    const { rows } = await sql<Row>`
      select m.id, m.n, m.kind, m.actor, m.task_id as task, m.args, m.patch, m.case_id as "caseId", c.flow, c.flow_version as "flowVersion",
        m.attempts, (select lowest from pending_commands(m.case_id)) as lowest
      from command m join "case" c on c.id = m.case_id where m.id = ${command} and m.state = 'pending'`.execute(tx);
    return rows[0];
  });
  if (row === undefined) return undefined;
  const flow = await getFlow(db, { key: row.flow, version: row.flowVersion });
  return {
    // This transaction only reads: what it sees applied may not be on the disk yet (rule 3).
    ...toJob(row, flow, { caseId: row.caseId, lowestPending: row.lowest, acked: 0 }),
    attempts: row.attempts,
  };
}

export interface JobPlace {
  caseId: string;
  lowestPending: number;
  /** Highest gap-free rev that is on the disk before the command is sent; 0: not known. */
  acked: number;
}

export function toJob(row: CommandRow, flow: PublishedFlow, { caseId, lowestPending, acked }: JobPlace): Job {
  return {
    command: row.id,
    caseId,
    n: row.n,
    lowestPending,
    message: { command: toCommand(row, flow, lowestPending), acked },
    start: row.kind === 'start' ? { flow: flow.key, args: { caseId, flow: flow.loaded } } : null,
  };
}
