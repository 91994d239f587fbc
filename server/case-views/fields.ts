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

interface Reading {
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

/**
 * Reading a case, not a task of it: those with the right to all cases see every field, anybody else what the start and the steps they
 * had in hand showed them. Nothing is writable here.
 */
export async function readerRights(
  tx: Tx,
  reader: Decider,
  { flow, caseId, communityId, initiator }: Reading,
): Promise<ReaderRights> {
  const { rows } = await sql<{ step: string; open: boolean }>`
    select step, bool_or(state in ('open', 'completing')) as open from task
    where case_id = ${caseId} and (holder = ${reader.id} or closed_by = ${reader.id}) group by step`.execute(tx);
  const isInitiator = initiator === reader.id;
  const isMasked = !isInitiator && !rows.some(({ open }) => open);
  if (mayIn(reader, 'case.read', communityId)) return { permissions: readAll(flow.form), isMasked };
  const seen = [
    ...(isInitiator ? [permissionsOf(flow.form, flow.definition.start.fields)] : []),
    ...rows.map(({ step }) => stepPermissions(flow, step)),
  ];
  const fields = flow.form.fields.map(
    ({ name }) => [name, seen.some((each) => each[name] !== 'hidden') ? 'read' : 'hidden'] as const,
  );
  return { permissions: Object.fromEntries(fields), isMasked };
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
