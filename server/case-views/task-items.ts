/** Tasks as lists show them: joined with their case, names and titles; no payload is ever selected. */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import type { Db, Tx } from '../db/as.ts';
import type { FieldInfo } from '../../forms/types.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Party, Text } from '../../workflows/engine/flow.gen.ts';
import type { DueBy } from '../../workflows/engine/types.ts';
import type { SummaryValue } from '../commands/render.ts';
import type { TaskItem } from '../tasks/schemas.ts';

export type TaskItemView = Static<typeof TaskItem>;

/** A row of `selectTaskItems`; `id` and `state` may stand for a whole case (views `started` and `cc`). */
export interface TaskItemRow {
  id: string;
  case_id: string;
  number: string;
  case_title: string;
  summary: SummaryValue[];
  flow: string;
  flow_version: number;
  step: string | null;
  /** Null too where a row stands for a case. */
  item_label: string | null;
  state: TaskItemView['state'];
  initiator: string;
  initiator_name: string;
  holder: string | null;
  holder_name: string | null;
  pool: string | null;
  pool_title: Text | null;
  community_id: string | null;
  opened_at: Date;
  due_at: Date | null;
  closed_at: Date | null;
  outcome: string | null;
  returned: boolean;
  /** How it came to its holder, where somebody's act brought it. */
  policy: string | null;
  /** Whom its holder stands in for. */
  for_id: string | null;
  for_name: string | null;
  unread: boolean;
  paused_at: Date | null;
  paused_until: Date | null;
  pause_reason: string | null;
  waiting_for: Party | null;
  due_by: DueBy | null;
  calendar_title: Text | null;
  suspended: boolean;
}

/** Why a paused task `t` waits: the comment of its last pause. */
export const pauseReason = sql`case when t.paused_at is not null then (select e.comment from case_event e
  where e.case_id = t.case_id and e.task_id = t.id and e.type = 'task_paused' order by e.rev desc limit 1) end`;

/** Columns and joins over `task t join "case" c`; the caller adds where, order and limit. */
export const selectTaskItems: RawBuilder<TaskItemRow> = sql<TaskItemRow>`
  select t.id, t.case_id, c.number, c.title as case_title, c.summary, c.flow, c.flow_version, t.step, t.item_label, t.state, c.initiator,
    i.display_name as initiator_name, t.holder, h.display_name as holder_name,
    case when t.holder is null then t.pool end as pool, case when t.holder is null then r.title end as pool_title, t.community_id,
    t.opened_at, t.due_at, t.closed_at, t.outcome, t.returned_by is not null as returned,
    t.explanation ->> 'policy' as policy, f.id as for_id, f.display_name as for_name,
    t.state = 'open' and not exists (select from task_read x where x.task_id = t.id and x.person_id = current_person()) as unread,
    t.paused_at, t.paused_until, ${pauseReason} as pause_reason, t.waiting_for, c.status = 'suspended' as suspended,
    t.due_by, (select k.title from calendar k where k.key = t.due_by ->> 'calendar') as calendar_title
  from task t join "case" c on c.id = t.case_id join person i on i.id = c.initiator
    left join person h on h.id = t.holder left join role r on r.key = t.pool
    left join person f on f.id = (t.explanation ->> 'for')::uuid`;

export type Language = 'zh-CN' | 'en';

export async function toTaskItems(
  db: Db,
  tx: Tx,
  rows: readonly TaskItemRow[],
  language: Language,
): Promise<TaskItemView[]> {
  const items: TaskItemView[] = [];
  for (const row of rows) {
    const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
    items.push(toTaskItem(row, flow, language));
  }
  return items;
}

function toTaskItem(row: TaskItemRow, flow: PublishedFlow, language: Language): TaskItemView {
  return {
    id: row.id,
    caseId: row.case_id,
    caseNumber: row.number,
    caseTitle: row.case_title,
    flow: row.flow,
    flowTitle: flow.definition.title,
    step: row.step ?? '',
    title: stepTitle(flow, row.step),
    item: row.item_label,
    summary: row.summary.flatMap((each) => toSummary(flow, each, language)),
    state: row.state,
    initiator: { id: row.initiator, name: row.initiator_name },
    holder: toPerson(row.holder, row.holder_name),
    pool: row.pool === null ? null : { role: row.pool, title: row.pool_title ?? { 'zh-CN': row.pool, en: row.pool } },
    communityId: row.community_id,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    dueBy: toDueBy(row),
    closedAt: row.closed_at?.toISOString() ?? null,
    outcome: row.outcome,
    returned: row.returned,
    delegated: row.policy === 'delegated',
    added: row.policy === 'added',
    for: toPerson(row.for_id, row.for_name),
    unread: row.unread,
    pause: toPause(row),
    suspended: row.suspended,
  };
}

function toPerson(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? '' };
}

function toDueBy({ due_by: by, calendar_title: title }: TaskItemRow): TaskItemView['dueBy'] {
  if (by === null) return null;
  const { calendar, isGuess, before } = by;
  const said = title ?? { 'zh-CN': calendar, en: calendar };
  return { calendar, title: said, isGuess, before: before === null ? null : new Date(before).toISOString() };
}

function toPause({
  paused_at: since,
  paused_until: until,
  pause_reason: reason,
  waiting_for: waitingFor,
}: TaskItemRow): TaskItemView['pause'] {
  if (since === null || until === null) return null;
  return { since: since.toISOString(), until: until.toISOString(), reason, waitingFor };
}

/** Of a step; of the flow where a row stands for a case that waits nowhere. */
export function stepTitle(flow: PublishedFlow, step: string | null): Text {
  const found = step === null ? undefined : flow.steps.get(step)?.step;
  return found?.title ?? flow.definition.title;
}

/** Choices were kept as codes, so that each reader gets them in their language. */
export function toSummary(
  { form }: PublishedFlow,
  { field, value }: SummaryValue,
  language: Language,
): TaskItemView['summary'] {
  const info = form.byName.get(field);
  if (info === undefined) return [];
  const choice = info.choices.find((each) => each.const === value);
  const shown = choice?.['x-title'][language] ?? (isMoney(info) ? amountText(value, language) : value);
  return [{ label: info.title, value: shown, tone: choice?.['x-tone'] ?? null }];
}

function isMoney({ kind, schema }: FieldInfo): boolean {
  return kind === 'money' || (kind === 'computed' && schema['x-result'] === 'money');
}

/** ¥ 6,800.00. Only shown: nothing is reckoned with it. */
function amountText(value: string, language: Language): string {
  const amount = Number(value);
  return Number.isNaN(amount) ? value : `¥ ${amount.toLocaleString(language, { minimumFractionDigits: 2 })}`;
}
