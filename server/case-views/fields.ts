/** What a reader may see of a case's record: fields hidden from them are not sent, personal values are masked where they do no work on it. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { maskFields } from '../../forms/mask.ts';
import type { CompiledForm, Permissions, Values } from '../../forms/types.ts';
import { isHumanStep, permissionsOf } from '../commands/access.ts';
import type { Decider } from '../commands/may-decide.ts';
import { mayIn } from '../commands/may-decide.ts';
import type { Tx } from '../db/as.ts';
import type { LoadedForm } from '../db/records/form-store.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { FormDefinition } from '../forms/schemas.ts';

function visibleFields(permissions: Permissions, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => permissions[name] !== undefined && permissions[name] !== 'hidden'),
  );
}

export function toFormDefinition(form: LoadedForm): Static<typeof FormDefinition> {
  return { key: form.key, version: form.version, schema: { ...form.schema }, layout: { ...form.layout } };
}

export interface Reading {
  flow: PublishedFlow;
  caseId: string;
  communityId: string | null;
  initiator: string;
}
export interface ReaderRights {
  permissions: Permissions;
  /** Whoever works on the case, or started it, sees personal values as they are. */
  isMasked: boolean;
}
/** A step of a case that the reader has or had in hand. */
export interface HeldStep {
  step: string;
  open: boolean;
}

/**
 * Reading a case, not a task of it: those with the right to all cases see every field, anybody else what the start and the steps they
 * had in hand showed them. Nothing is writable here.
 */
export async function readerRights(tx: Tx, reader: Decider, reading: Reading): Promise<ReaderRights> {
  const held = await readHeld(tx, reader.id, [reading.caseId]);
  return rightsOf(reader, reading, held.get(reading.caseId) ?? []);
}

/** By case. */
export async function readHeld(tx: Tx, personId: string, caseIds: readonly string[]): Promise<Map<string, HeldStep[]>> {
  const { rows } = await sql<HeldStep & { caseId: string }>`
    select case_id as "caseId", step, bool_or(state in ('open', 'completing')) as open from task
    where case_id = any(${caseIds}::uuid[]) and (holder = ${personId} or closed_by = ${personId}) group by case_id, step`.execute(
    tx,
  );
  return Map.groupBy(rows, ({ caseId }) => caseId);
}

export function rightsOf(
  reader: Decider,
  { flow, communityId, initiator }: Reading,
  held: readonly HeldStep[],
): ReaderRights {
  const isInitiator = initiator === reader.id;
  const isMasked = !isInitiator && !held.some(({ open }) => open);
  if (mayIn(reader, 'case.read', communityId)) return { permissions: readAll(flow.form), isMasked };
  const seen = [
    ...(isInitiator ? [startPermissions(flow)] : []),
    ...held.map(({ step }) => stepPermissions(flow, step)),
  ];
  const fields = flow.form.fields.map(
    ({ name }) => [name, seen.some((each) => each[name] !== 'hidden') ? 'read' : 'hidden'] as const,
  );
  return { permissions: Object.fromEntries(fields), isMasked };
}

export function startPermissions(flow: PublishedFlow): Permissions {
  return permissionsOf(flow.form, flow.definition.start.fields);
}

export function stepPermissions(flow: PublishedFlow, stepId: string): Permissions {
  const step = flow.steps.get(stepId)?.step;
  return permissionsOf(flow.form, isHumanStep(step) ? step.fields : undefined);
}

export function shown(form: CompiledForm, { permissions, isMasked }: ReaderRights, values: Values): Values {
  const visible = visibleFields(permissions, values);
  return isMasked ? maskFields(form, visible) : visible;
}

function readAll(form: CompiledForm): Permissions {
  return Object.fromEntries(form.fields.map(({ name }) => [name, 'read'] as const));
}
