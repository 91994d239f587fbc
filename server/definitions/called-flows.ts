/** What a flow's check must know of the flows that it calls: their current versions, and of itself the one that is checked. */
import { sql } from 'kysely';
import type { CheckContext } from '../../workflows/engine/check.ts';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { walk } from '../../workflows/engine/tree.ts';
import type { Tx } from '../db/as.ts';
import { loadForm, type LoadedForm } from '../db/records/form-store.ts';

type Called = NonNullable<CheckContext['flows']>;

export async function calledFlows(tx: Tx, flow: Flow, form: LoadedForm): Promise<Called> {
  const steps = [...walk(flow)].flatMap(({ step }) => (step.kind === 'callActivity' ? [step.flow] : []));
  const keys = new Set(steps.filter((key) => typeof key === 'string'));
  const called: Called = {};
  if (keys.delete(flow.key)) called[flow.key] = toCalled(flow, form);
  for (const definition of await readCurrent(tx, [...keys]))
    called[definition.key] = toCalled(definition, await loadForm(tx, definition.form));
  return called;
}

async function readCurrent(tx: Tx, keys: readonly string[]): Promise<Flow[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ definition: Flow }>`
    select v.definition from flow f join flow_version v on v.flow = f.key and v.version = f.current_version
    where f.key = any (${keys}::text[])`.execute(tx);
  return rows.map(({ definition }) => definition);
}

/** What its start sets by itself nobody has to give. */
function toCalled({ start }: Flow, form: LoadedForm): Called[string] {
  const { set = {} } = start.prepare ?? {};
  const fields = Object.entries(start.fields);
  return {
    takes: fields.filter(([, access]) => access === 'edit' || access === 'required').map(([name]) => name),
    needs: fields.filter(([name, access]) => access === 'required' && !Object.hasOwn(set, name)).map(([name]) => name),
    gives: form.fields.map(({ name }) => name),
  };
}
