/** The values that a migration carries: what the new version mentions of the record, and its calendars, at one rev of the case (rule 14). */
import { sql } from 'kysely';
import type { MigrateCommand, Vars } from '../../workflows/engine/types.ts';
import { asEngine, type Db, type Tx } from '../db/as.ts';
import { getWorkingTimes } from '../definitions/calendars.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { readCaseFields } from './case-record.ts';
import { varsOf } from './message.ts';

/** What is kept with the command's row. */
export type MigrateArgs = Pick<MigrateCommand, 'to' | 'mapping' | 'timers' | 'calendars' | 'readRev'> & { vars: Vars };

/** What the engine must hold of the record and the calendars, under the new version. */
export async function readForVersion(
  tx: Tx,
  target: PublishedFlow,
  caseId: string,
): Promise<Pick<MigrateArgs, 'vars' | 'calendars'>> {
  const fields = await readCaseFields(tx, target.form, caseId);
  return { vars: varsOf(target, fields), calendars: await getWorkingTimes(tx, target.calendars) };
}

/**
 * The case went on between tx1 and the command: its values are read again. False: the tables know no more than before, so that whoever drives
 * it waits for them.
 */
export function readAgain(db: Db, command: string): Promise<boolean> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<{ args: MigrateArgs; caseId: string; appliedRev: number }>`
      select m.args, c.id as "caseId", c.applied_rev as "appliedRev" from command m join "case" c on c.id = m.case_id
      where m.id = ${command} and m.state = 'pending' and m.kind = 'migrate' for no key update of c`.execute(tx);
    const [row] = rows;
    if (row === undefined || row.args.readRev >= row.appliedRev) return false;
    const target = await getFlow(db, row.args.to, tx);
    const args: MigrateArgs = {
      ...row.args,
      readRev: row.appliedRev,
      ...(await readForVersion(tx, target, row.caseId)),
    };
    await sql`update command set args = ${JSON.stringify(args)}::jsonb where id = ${command}`.execute(tx);
    return true;
  });
}
