/**
 * Fourteen hours later. What the night would have brought to every running case is worked out by the engine from the case's own log and
 * written as the worker writes it; then every instant of the database is moved into the past by as much. The product runs on meanwhile
 * and knows nothing of it.
 */
import { sql } from 'kysely';
import { compile, type Compiled } from '../workflows/engine/compile.ts';
import { fold } from '../workflows/engine/fold.ts';
import { nextDue, type State } from '../workflows/engine/state.ts';
import { step } from '../workflows/engine/step.ts';
import type { DeltaEntry, EngineEvent } from '../workflows/engine/types.ts';
import { applyDelta } from '../server/commands/apply/index.ts';
import type { Db } from '../server/db/as.ts';
import { getFlow } from '../server/definitions/published.ts';
import { readCases, readLog } from '../server/reconcile/tables.ts';
import { resolvePeople } from '../server/worker/resolve-people.ts';

/** `db`: as a superuser, who alone may write beside the triggers. */
export async function sleepOver(db: Db, hours: number): Promise<void> {
  const until = Date.now() + hours * 3_600_000;
  for (const { caseId, flow, flowVersion: version } of (await readCases(db, [])).values()) {
    const compiled = compile((await getFlow(db, { key: flow, version })).loaded);
    const log = [...(await readLog(db, caseId)).values()];
    const night = new Night(db, compiled, fold(compiled, caseId, log));
    await night.pass(until);
    if (night.entries.length > 0) await applyDelta(db, { caseId, entries: night.entries });
  }
  await moveBack(db, hours);
}

/** One case, with timers that fire at their own times, and people who are found as the worker finds them. */
class Night {
  readonly entries: DeltaEntry[] = [];
  private readonly db: Db;
  private readonly flow: Compiled;
  private state: State;

  constructor(db: Db, flow: Compiled, state: State) {
    this.db = db;
    this.flow = flow;
    this.state = state;
  }

  async pass(until: number): Promise<void> {
    for (let due = nextDue(this.state); due !== null && due <= until; due = nextDue(this.state))
      await this.consume({ type: 'timer' }, due);
  }

  private async consume(event: EngineEvent, now: number): Promise<void> {
    const { state, delta, effects } = step(this.flow, this.state, event, { now });
    this.state = state;
    if (delta) this.entries.push(delta);
    for (const effect of effects) {
      if (effect.type !== 'resolve') throw new Error(`${effect.step} would need a worker`);
      const people = await resolvePeople({ db: this.db }, { caseId: state.caseId, ...effect });
      await this.consume({ type: 'resolved', effect: effect.id, people }, now);
    }
  }
}

interface Column {
  /** With its schema, quoted. */
  table: string;
  column: string;
}

/** Dates stay: they have no hours. */
async function moveBack(db: Db, hours: number): Promise<void> {
  const { rows } = await sql<Column>`
    select format('%I.%I', table_schema, table_name) as table, c.column_name as column
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where t.table_type = 'BASE TABLE' and c.table_schema in ('public', 'record') and c.data_type = 'timestamp with time zone'
      and c.is_generated = 'NEVER'`.execute(db);
  await db.transaction().execute(async (tx) => {
    // No trigger: this is no change of a record.
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const [table, columns] of Map.groupBy(rows, (row) => row.table)) {
      const moved = columns.map(
        ({ column }) => sql`${sql.id(column)} = ${sql.id(column)} - make_interval(hours => ${hours})`,
      );
      await sql`update ${sql.raw(table)} set ${sql.join(moved)}`.execute(tx);
    }
  });
}
