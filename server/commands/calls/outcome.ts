/** What a called case gives the one that waits for it: its outcome and record, mapped by the step that called it (protocol.md rule 16). */
import { sql } from 'kysely';
import type { Values } from '../../../forms/types.ts';
import type { Vars } from '../../../workflows/engine/types.ts';
import { asEngine, type Db, type Tx } from '../../db/as.ts';
import { getFlow, type PublishedFlow } from '../../definitions/published.ts';
import { mapInput } from '../activity-input.ts';
import { readCaseFields } from '../case-record.ts';
import { varsOf } from '../message.ts';

/** A notice's child and parent. */
export interface Call {
  child: string;
  parent: string;
  effect: number;
  step: string;
  parentFlow: string;
  parentVersion: number;
}
interface Ended {
  flow: string;
  version: number;
  number: string;
  status: string;
  outcome: string | null;
}
export interface Outcome {
  status: 'completed' | 'cancelled';
  outcome: string | null;
  /** A mapping that came to nothing. */
  failed: string | null;
  vars: Vars;
  patch: string | null;
}

/**
 * The patch is in its row before the case is told: whoever applies the event finds it. Told again it is the same, unless the case moved to
 * another version meanwhile, which it does only while nothing of it is on its way.
 */
export async function readOutcome(db: Db, call: Call): Promise<Outcome> {
  const flow = await getFlow(db, { key: call.parentFlow, version: call.parentVersion });
  const step = flow.steps.get(call.step)?.step;
  const output = step?.kind === 'callActivity' ? (step.output ?? {}) : {};
  const ended = await asEngine(db, (tx) => readEnded(tx, call.child));
  const given = await getFlow(db, { key: ended.flow, version: ended.version });
  const { patch, failed } = await asEngine(db, (tx) => mapped(tx, { call, output, ended, given }));
  await asEngine(db, (tx) => keep(tx, call, { patch, ended }));
  const kept = Object.keys(patch).length > 0;
  const status = ended.status === 'cancelled' ? 'cancelled' : 'completed';
  return {
    status,
    outcome: ended.outcome,
    failed,
    vars: varsOf(flow, patch),
    patch: kept ? String(call.effect) : null,
  };
}

async function readEnded(tx: Tx, child: string): Promise<Ended> {
  const { rows } = await sql<Ended>`
    select flow, flow_version as version, number, status, outcome from "case" where id = ${child}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error(`no case ${child}`);
  return row;
}

interface Mapping {
  call: Call;
  output: Record<string, string>;
  ended: Ended;
  given: PublishedFlow;
}

/** A field that nothing came to is emptied. */
async function mapped(
  tx: Tx,
  { call, output, ended, given }: Mapping,
): Promise<{ patch: Values; failed: string | null }> {
  const fields = await readCaseFields(tx, given.form, call.child);
  const values = { ...fields, number: ended.number, outcome: ended.outcome };
  const { input, failed } = mapInput({ input: output }, given.form, values);
  if (failed.length > 0) return { patch: {}, failed: 'call_output_invalid' };
  return { patch: Object.fromEntries(Object.keys(output).map((name) => [name, input[name] ?? null])), failed: null };
}

async function keep(
  tx: Tx,
  { parent, effect, parentVersion }: Call,
  { patch, ended: { status, outcome, number } }: { patch: Values; ended: Ended },
): Promise<void> {
  const output = { status, outcome, number, flowVersion: parentVersion };
  await sql`
    update effect set output = ${JSON.stringify(output)}::jsonb, patch = ${JSON.stringify(patch)}::jsonb, updated_at = now()
    where case_id = ${parent} and id = ${effect}
      and (patch is null or (output ->> 'flowVersion')::int is distinct from ${parentVersion}::int)`.execute(tx);
}
