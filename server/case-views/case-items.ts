/** Cases as lists and headers show them: where they stand, who holds them, due when. */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import type { CaseItem } from '../cases/schemas.ts';
import type { Db, Tx } from '../db/as.ts';
import { holdsStaffRole } from '../db/staff.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { SummaryValue } from '../commands/render.ts';
import { toSummary, type Language } from './task-items.ts';
import type { Text } from '../../workflows/engine/flow.gen.ts';

export type CaseItemView = Static<typeof CaseItem>;

export interface CaseItemRow {
  id: string;
  number: string;
  title: string;
  summary: SummaryValue[];
  flow: string;
  flow_version: number;
  status: CaseItemView['status'];
  outcome: string | null;
  position: string[];
  incidents: number;
  community_id: string | null;
  initiator: string;
  initiator_name: string;
  /** Whether the reader is told the stage in the words for whom the case is about: its initiator, and anybody from outside. */
  told: boolean;
  started_at: Date;
  ended_at: Date | null;
  holders: { id: string; name: string }[];
  due_at: Date | null;
}

/** Columns and joins over `"case" c`; the caller adds where, order and limit. */
export const selectCaseItems: RawBuilder<CaseItemRow> = sql<CaseItemRow>`
  select c.id, c.number, c.title, c.summary, c.flow, c.flow_version, c.status, c.outcome, c.position, jsonb_array_length(c.incidents) as incidents,
    c.community_id, c.initiator, i.display_name as initiator_name,
    (c.initiator = current_person() or not ${holdsStaffRole(sql`current_person()`, { roles: null, communityId: null })}) as told, c.started_at, c.ended_at,
    coalesce((select json_agg(distinct jsonb_build_object('id', h.id, 'name', h.display_name))
      from task t join person h on h.id = t.holder where t.case_id = c.id and t.state in ('open', 'completing')), '[]') as holders,
    (select min(t.due_at) from task t where t.case_id = c.id and t.state in ('open', 'completing')) as due_at
  from "case" c join person i on i.id = c.initiator`;

export async function toCaseItems(
  db: Db,
  tx: Tx,
  rows: readonly CaseItemRow[],
  language: Language,
): Promise<CaseItemView[]> {
  const items: CaseItemView[] = [];
  for (const row of rows)
    items.push(toCaseItem(row, await getFlow(db, { key: row.flow, version: row.flow_version }, tx), language));
  return items;
}

export function toCaseItem(row: CaseItemRow, flow: PublishedFlow, language: Language): CaseItemView {
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    summary: row.summary.flatMap((each) => toSummary(flow, each, language)),
    flow: row.flow,
    flowTitle: flow.definition.title,
    version: row.flow_version,
    status: row.status,
    outcome: row.outcome,
    stage: stageOf(flow, row),
    holders: row.holders,
    dueAt: row.due_at?.toISOString() ?? null,
    incidents: row.incidents,
    communityId: row.community_id,
    startedBy: { id: row.initiator, name: row.initiator_name },
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** The title of the step the case waits at; whom it is about is told its stage, where the flow has words for them. */
function stageOf(flow: PublishedFlow, { position, told }: CaseItemRow): Text | null {
  const step = flow.steps.get(position[0] ?? '')?.step;
  if (step === undefined) return null;
  const words = told && 'stage' in step ? step.stage : undefined;
  return words ?? step.title ?? null;
}

/** Read by id under the reader's own row security. */
export async function findCaseRow(tx: Tx, caseId: string): Promise<CaseItemRow | undefined> {
  const { rows } = await sql<CaseItemRow>`${selectCaseItems} where c.id = ${caseId}`.execute(tx);
  return rows[0];
}
