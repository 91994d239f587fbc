/**
 * What fresh entries write into the case's record (protocol.md rule 7): a field only over a lower rev. A patch that the table refuses
 * now stays in the log and opens an incident; everything else of the delta commits.
 */
import { sql } from 'kysely';
import { fieldOfName } from '../../../workflows/engine/row-vars.ts';
import type { DeltaEntry, Incident, Json } from '../../../workflows/engine/types.ts';
import type { Tx } from '../../db/as.ts';
import { patchCaseRecord, patchKnownRecord, readCaseFields, tableProblem } from '../case-record.ts';
import type { PublishedFlow } from '../../definitions/published.ts';
import { renderCase, wordsOf } from '../render.ts';
import { hasRows, tablesOf, takeNewer } from './field-revs.ts';
import { messageOf, type Known } from './read.ts';
import type { LoadedForm } from '../../db/records/form-store.ts';

type Fields = Record<string, unknown>;

export interface Patched {
  /** Field → rev that wrote it last, with the fresh ones. */
  fieldRevs: Record<string, number>;
  conflicts: Incident[];
  /** Rendered again where the record changed; null where it did not. */
  title: string | null;
  summary: readonly unknown[] | null;
}

/** The quick way met a refusal; whoever called tries the careful one, in a transaction that is not yet broken. */
export class PatchRefusedError extends Error {}

interface Work {
  known: Known;
  flow: PublishedFlow;
  fresh: readonly DeltaEntry[];
  /** Each patch under its own savepoint. */
  isCareful: boolean;
}

/** @throws PatchRefusedError unless careful */
export async function applyPatches(tx: Tx, { known, flow, fresh, isCareful }: Work): Promise<Patched> {
  const patches = fresh.flatMap((entry) => patchOf(known, entry));
  const record = { caseId: known.case.id, form: flow.form, fieldRevs: known.case.fieldRevs, before: known.record };
  const result = isCareful ? await writeCarefully(tx, record, patches) : await writeTogether(tx, record, patches);
  const changed = Object.keys(result.fieldRevs)
    .filter((field) => result.fieldRevs[field] !== known.case.fieldRevs[field])
    .map(fieldOfName);
  if (!isShown(flow, changed)) return { ...result, title: null, summary: null };
  const rendered = await renderCase(tx, flow, result.record ?? (await readCaseFields(tx, flow.form, known.case.id)));
  return { ...result, ...rendered };
}

/** Whether lists show one of the fields: else there is nothing to render again. A computed field may show any. */
function isShown({ definition, form }: PublishedFlow, fields: readonly string[]): boolean {
  if (fields.length === 0) return false;
  return wordsOf(definition).some((word) => fields.includes(word) || form.byName.get(word)?.kind === 'computed');
}

interface RecordOf {
  caseId: string;
  form: LoadedForm;
  fieldRevs: Record<string, number>;
  /** Null: not known. */
  before: Fields | null;
}
interface RevPatch {
  rev: number;
  fields: Fields;
  by: string | null;
}
interface Written extends Omit<Patched, 'title' | 'summary'> {
  /** As it is now; null: not read. */
  record: Fields | null;
}

function patchOf(known: Known, entry: DeltaEntry): RevPatch[] {
  // The record of a starting case was written with its command.
  if (entry.event.type === 'case_started') return [];
  const command = entry.event.command === null ? undefined : known.commands.get(entry.event.command);
  const message = messageOf(entry);
  const fields =
    command?.patch ??
    (entry.patchEffect === null ? null : known.effectPatches.get(entry.patchEffect)) ??
    (message === null ? null : known.messagePatches.get(message));
  return fields && Object.keys(fields).length > 0 ? [{ rev: entry.rev, fields, by: entry.event.actor }] : [];
}

async function writeTogether(tx: Tx, record: RecordOf, patches: readonly RevPatch[]): Promise<Written> {
  const fieldRevs = { ...record.fieldRevs };
  const merged: Fields = {};
  for (const patch of patches) Object.assign(merged, takeNewer(fieldRevs, patch));
  const last = patches.at(-1);
  if (last === undefined || Object.keys(merged).length === 0) return { fieldRevs, conflicts: [], record: null };
  const fields = await wholeOf(tx, record, { fieldRevs, fields: merged });
  const patch = { caseId: record.caseId, fields, by: last.by, rev: last.rev };
  if (record.before !== null) {
    const after = await patchKnownRecord(tx, record.form, { ...patch, before: record.before });
    return { fieldRevs, conflicts: [], record: after };
  }
  try {
    return { fieldRevs, conflicts: [], record: await patchCaseRecord(tx, record.form, patch) };
  } catch (error) {
    throw tableProblem(error, record.form) === undefined
      ? error
      : new PatchRefusedError('patch refused', { cause: error });
  }
}

async function writeCarefully(tx: Tx, record: RecordOf, patches: readonly RevPatch[]): Promise<Written> {
  let fieldRevs = { ...record.fieldRevs };
  const conflicts: Incident[] = [];
  for (const patch of patches) {
    const tried = { ...fieldRevs };
    const taken = takeNewer(tried, patch);
    const fields = await wholeOf(tx, record, { fieldRevs: tried, fields: taken });
    const problem = await tryPatch(tx, record, { ...patch, fields });
    if (problem === undefined) fieldRevs = tried;
    else conflicts.push({ id: -patch.rev, step: null, code: 'record_conflict', detail: { rev: patch.rev, problem } });
  }
  return { fieldRevs, conflicts, record: null };
}

/** With rows put into their tables; the case is locked, so that the record stays as it is read. */
async function wholeOf(
  tx: Tx,
  { form, caseId }: RecordOf,
  { fieldRevs, fields }: { fieldRevs: Record<string, number>; fields: Fields },
): Promise<Fields> {
  if (!hasRows(fieldRevs, fields)) return fields;
  return tablesOf(fieldRevs, fields, await readCaseFields(tx, form, caseId));
}

/** What the table said against it, as a code; undefined: written. */
async function tryPatch(tx: Tx, { caseId, form }: RecordOf, { fields, by, rev }: RevPatch): Promise<Json | undefined> {
  if (Object.keys(fields).length === 0) return undefined;
  await sql`savepoint patch`.execute(tx);
  try {
    await patchCaseRecord(tx, form, { caseId, fields, by, rev });
    await sql`set constraints all immediate`.execute(tx);
    await sql`release savepoint patch`.execute(tx);
    return undefined;
  } catch (error) {
    const problem = tableProblem(error, form);
    if (problem === undefined) throw error;
    await sql`rollback to savepoint patch`.execute(tx);
    return problem;
  }
}
