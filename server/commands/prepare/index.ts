/**
 * What a flow's `prepare` does with an act before it is accepted (protocol.md rule 10: what can be refused is refused before): looks
 * things up with the authority of whoever published the flow, sets fields, refuses with a sentence. The same code for tx1 and for the
 * dry run that screens ask while a person writes; it writes nothing itself.
 */
import { sql } from 'kysely';
import type { Prepare } from '../../../workflows/engine/flow.gen.ts';
import type { Values } from '../../../forms/types.ts';
import type { Tx } from '../../db/as.ts';
import { fromFeel } from '../../db/records/feel-values.ts';
import type { LoadedForm } from '../../db/records/form-store.ts';
import { recordLabels } from '../../db/records/labels.ts';
import { checkRefs } from '../../db/records/refs.ts';
import type { FieldError } from '../../errors.ts';
import type { Decider } from '../may-decide.ts';
import { isTrue, parse, valueOf, type Expression, type Names } from './expressions.ts';
import { expressionsOf, lookUp } from './lookups.ts';
import { fieldValues, readActor, readZone } from './names.ts';
import { toRefusal } from './refusal.ts';

export interface Preparing {
  prepare: Prepare;
  flow: string;
  form: LoadedForm;
  person: Decider;
  communityId: string | null;
  /** Null: it is being started. */
  caseId: string | null;
  number: string | null;
  /** The fields as the act leaves them. */
  values: Values;
  /** Whether the act follows: then two of the same kind wait for each other, so that neither looks past the other. */
  isActing: boolean;
  /** Epoch ms; the present by default. */
  at?: number;
}
export interface Preparation {
  /** Field → what the act fills in; null empties it. */
  set: Values;
  /** Why the act is refused; none: it may go on. */
  problems: FieldError[];
}

/** Comes back as the role that called. @throws AppError prepare_failed, invalid_fields (a reference set to what is not there) */
export async function prepareAct(tx: Tx, preparing: Preparing): Promise<Preparation> {
  const { prepare, flow, communityId, isActing } = preparing;
  const mustWait = isActing && prepare.lookups !== undefined && prepare.refuse !== undefined;
  if (mustWait)
    await sql`select pg_advisory_xact_lock(hashtextextended(${`prepare ${flow} ${communityId ?? ''}`}, 7203))`.execute(
      tx,
    );
  const { rows } = await sql<{ role: string }>`
    select current_setting('role') as role, set_config('role', 'guanjia_engine', true)`.execute(tx);
  const preparation = await run(tx, preparing);
  await sql`select set_config('role', ${rows[0]?.role ?? 'none'}, true)`.execute(tx);
  return preparation;
}

async function run(tx: Tx, preparing: Preparing): Promise<Preparation> {
  const { prepare, form } = preparing;
  const values = await startValues(tx, preparing);
  const names: Names = { values, now: preparing.at ?? Date.now(), zone: await readZone(tx, preparing.communityId) };
  const from = { communityId: preparing.communityId, caseId: preparing.caseId, zone: names.zone };
  for (const lookup of prepare.lookups ?? []) values.set(lookup.name, await lookUp(tx, lookup, names, from));
  const set: Values = {};
  for (const [name, text] of Object.entries(prepare.set ?? {})) {
    const field = form.byName.get(name);
    if (field === undefined) continue;
    set[name] = fromFeel(field, valueOf({ at: `set.${name}`, text }, names), names.zone);
    for (const each of fieldValues(form, { ...preparing.values, ...set })) values.set(...each);
  }
  await checkRefs(tx, form, set);
  return { set, problems: await refusals(tx, preparing, { names, set }) };
}

async function startValues(tx: Tx, preparing: Preparing): Promise<Map<string, unknown>> {
  const { prepare, form, person, communityId, number } = preparing;
  const values = fieldValues(form, preparing.values);
  if (!form.byName.has('number')) values.set('number', number);
  const isNamed = allExpressions(prepare).some((expression) => parse(expression).names.includes('person'));
  // Also for sentences that name who acts.
  if (isNamed || JSON.stringify(prepare.refuse ?? []).includes('{person'))
    values.set('person', await readActor(tx, person, communityId));
  return values;
}

function allExpressions({ lookups = [], set = {}, refuse = [] }: Prepare): Expression[] {
  return [
    ...lookups.flatMap(expressionsOf),
    ...Object.entries(set).map(([name, text]) => ({ at: `set.${name}`, text })),
    ...refuse.map(({ when }, i) => ({ at: `refuse.${i}`, text: when })),
  ];
}

async function refusals(
  tx: Tx,
  { prepare, form, values: given }: Preparing,
  { names, set }: { names: Names; set: Values },
): Promise<FieldError[]> {
  const rules = (prepare.refuse ?? []).filter(({ when }, i) => isTrue({ at: `refuse.${i}`, text: when }, names));
  if (rules.length === 0) return [];
  const labels = await recordLabels(tx, form, { ...given, ...set });
  return rules.map((rule) => toRefusal(rule, { form, values: names.values, labels }));
}
