/** The log of a case as a reader sees it (timeline), read once for the timeline and the position. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { actionsOf, isHumanStep } from '../commands/access.ts';
import { findNames, type PersonName } from '../commands/people.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { Permissions } from '../../forms/types.ts';
import type { Text } from '../../workflows/engine/flow.gen.ts';
import type { Explanation } from '../../workflows/engine/types.ts';
import type { TimelineEntry } from '../tasks/schemas.ts';

export type TimelineView = Static<typeof TimelineEntry>;

export interface LogRow {
  rev: number;
  at: Date;
  type: string;
  step: string | null;
  actor: string | null;
  actingFor: string | null;
  data: Record<string, unknown>;
  comment: string | null;
  fields: string[];
  /** Whole seconds since its task was opened; null: no task, or its first moment. */
  took: number | null;
  /** Why that task was with whom it was. */
  explanation: Explanation | null;
}

/** Oldest first. How people were found is told by the task itself. */
export async function readHistory(tx: Tx, caseId: string): Promise<LogRow[]> {
  const { rows } = await sql<LogRow>`
    select e.rev, e.at, e.type, e.step, e.actor, e.acting_for as "actingFor", e.data, e.comment, array(select distinct split_part(k, '/', 1) from jsonb_object_keys(coalesce(e.patch, '{}')) k) as fields,
      round(extract(epoch from e.at - t.opened_at))::int as took, t.explanation
    from case_event e left join task t on t.id = e.task_id
    where e.case_id = ${caseId} and e.type <> 'people_resolved' order by e.rev`.execute(tx);
  return rows;
}

/** `permissions` of the reader: the names of fields they may not see are not told. */
export async function toTimeline(
  tx: Tx,
  rows: readonly LogRow[],
  { flow, permissions }: { flow: PublishedFlow; permissions: Permissions },
): Promise<TimelineView[]> {
  const names = await findNames(
    tx,
    rows.flatMap((row) => [row.actor, row.actingFor, ...idsIn(row.data), ...idsOf(row.explanation)]),
  );
  return rows.map((row) => ({
    rev: row.rev,
    at: row.at.toISOString(),
    type: row.type,
    step:
      row.step === null ? null : { id: row.step, title: flow.steps.get(row.step)?.step.title ?? flow.definition.title },
    actor: row.actor === null ? null : (names.get(row.actor) ?? null),
    ...actingFor(row, names),
    outcome: outcomeLabel(flow, row),
    comment: row.comment,
    changed: row.fields.filter((field) => permissions[field] !== undefined && permissions[field] !== 'hidden'),
    data: toData(row.data),
    tookSeconds: row.took,
    ...(row.explanation === null ? {} : { explanation: toExplanation(row.explanation, names) }),
    labels: Object.fromEntries(idsIn(row.data).map((id) => [id, names.get(id)?.name ?? ''])),
  }));
}

function actingFor(row: LogRow, names: ReadonlyMap<string, PersonName>): Pick<TimelineView, 'actingFor'> {
  const person = names.get(row.actingFor ?? '');
  return person === undefined ? {} : { actingFor: person };
}

export function toExplanation(
  explanation: Explanation,
  names: ReadonlyMap<string, PersonName>,
): NonNullable<TimelineView['explanation']> {
  const { policy, by, ...rest } = explanation;
  const labels = Object.fromEntries(
    idsOf(explanation).flatMap((id) => (names.has(id) ? [[id, names.get(id)?.name ?? '']] : [])),
  );
  return {
    ...rest,
    labels,
    ...(policy === undefined ? {} : { policy }),
    ...(typeof by === 'string' ? { by } : {}),
  };
}

/** Persons, roles and fields stand among the inputs: only names of persons are asked for. */
export function idsOf(explanation: Explanation | null): string[] {
  const { inputs = {}, by, absent = [], substitutions = [], policies = [] } = explanation ?? {};
  const others = [...substitutions.flatMap((each) => [each.for, each.to, ...(each.via ?? [])]), ...absent];
  const applied = policies.flatMap(({ persons }) => persons);
  return [...Object.values(inputs), explanation?.for, by, ...others, ...applied].flat().filter(isPersonId);
}

function isPersonId(id: unknown): id is string {
  return typeof id === 'string' && /^[\da-f-]{36}$/.test(id);
}

/** Instants as the API writes them: a pause's `until` and `since` are the engine's milliseconds. */
function toData(data: Record<string, unknown>): Record<string, unknown> {
  const { until, since } = data;
  return {
    ...data,
    ...(typeof until === 'number' && { until: new Date(until).toISOString() }),
    ...(typeof since === 'number' && { since: new Date(since).toISOString() }),
  };
}

function outcomeLabel(flow: PublishedFlow, { step, data }: LogRow): Text | null {
  const found = step === null ? undefined : flow.steps.get(step)?.step;
  if (!isHumanStep(found)) return null;
  return actionsOf(found).find(({ outcome }) => outcome === data.outcome)?.label ?? null;
}

/** Persons named in an event's data; community is none. */
export function idsIn(data: Record<string, unknown>): string[] {
  return ['from', 'to', 'initiator', 'persons'].flatMap((name) => data[name]).filter(isPersonId);
}
