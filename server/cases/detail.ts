/** One case as its reader sees it: the record with their permissions, the log, where it stands, the discussion, what they may do. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Incident } from '../../workflows/engine/types.ts';
import { findCaseRow, toCaseItem, type CaseItemRow } from '../case-views/case-items.ts';
import { readerRights, shown, toFormDefinition } from '../case-views/fields.ts';
import { readHistory, toTimeline } from '../case-views/history.ts';
import { readPosition } from '../case-views/position.ts';
import { readTime } from '../case-views/time.ts';
import { selectTaskItems, toTaskItems, type Language, type TaskItemRow } from '../case-views/task-items.ts';
import { isHumanStep } from '../commands/access.ts';
import { readCaseFields } from '../commands/case-record.ts';
import { readDecider } from '../commands/facts.ts';
import { holdsRole, mayIn, type Decider } from '../commands/may-decide.ts';
import { asPerson, withEngine, type Db, type Tx } from '../db/as.ts';
import { recordLabels } from '../db/records/labels.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { readCalls } from './calls.ts';
import { urgeRight, type UrgeRight } from './urge.ts';
import { latestComments, readComments } from './discussion.ts';
import type { CaseDetail } from './schemas.ts';

type Detail = Static<typeof CaseDetail>;

/** Reading it marks one's copy as read. @throws AppError not_found */
export function readCase(
  db: Db,
  caseId: string,
  { person, language }: { person: string; language: Language },
): Promise<Detail> {
  return asPerson(db, person, async (tx) => {
    const row = await findCaseRow(tx, caseId);
    if (row === undefined) throw new AppError('not_found', 404);
    const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
    const reader = await readDecider(tx, person);
    const rights = await readerRights(tx, reader, {
      flow,
      caseId,
      communityId: row.community_id,
      initiator: row.initiator,
    });
    const fields = shown(flow.form, rights, await readCaseFields(tx, flow.form, caseId));
    const history = await readHistory(tx, caseId);
    const tasks = await readOpenTasks(tx, caseId);
    const urging = await urgingOf(tx, { row, flow, reader, tasks });
    const discussion = await readComments(tx, caseId, { limit: latestComments });
    const detail: Detail = {
      case: toCaseItem(row, flow, language),
      form: toFormDefinition(flow.form),
      permissions: rights.permissions,
      fields,
      labels: await recordLabels(tx, flow.form, fields),
      tasks: await toTaskItems(db, tx, tasks, language),
      myTask: row.status === 'running' ? (tasks.find((task) => isTheirs(reader, task))?.id ?? null) : null,
      time: await readTime(tx, { caseId }),
      timeline: await toTimeline(tx, history, { flow, permissions: rights.permissions }),
      position: await readPosition(tx, { flow, caseId, status: row.status, position: row.position, history }),
      comments: discussion.items.toReversed(),
      olderComments: discussion.next,
      incidents: await readIncidents(tx, caseId, mayIn(reader, 'case.retry', row.community_id)),
      ...(await readCalls(tx, caseId)),
      urgeFrom: urging.from,
      allow: allowedActs({ row, flow, reader, tasks }, urging),
    };
    await sql`update case_reader set read_at = now() where case_id = ${caseId} and person_id = ${person} and read_at is null`.execute(
      tx,
    );
    return detail;
  });
}

function isTheirs(reader: Decider, task: TaskItemRow): boolean {
  const isPooled = task.pool !== null && holdsRole(reader, task.pool, task.community_id);
  return task.state === 'open' && (task.holder === reader.id || isPooled);
}

interface Standing {
  row: CaseItemRow;
  flow: PublishedFlow;
  reader: Decider;
  tasks: readonly TaskItemRow[];
}

async function urgingOf(tx: Tx, { row, flow, reader }: Standing): Promise<UrgeRight> {
  if (row.status !== 'running') return { may: false, from: null };
  return urgeRight(tx, { caseId: row.id, person: reader.id, flow });
}

function allowedActs({ row, flow, reader, tasks }: Standing, urging: UrgeRight): Detail['allow'] {
  const operator = operatorActs(row, reader);
  if (row.status !== 'running') return { withdraw: false, urge: false, comment: true, ...operator };
  return {
    withdraw: row.initiator === reader.id && tasks.every(({ step }) => withdrawable(flow.steps.get(step ?? '')?.step)),
    urge: urging.may,
    comment: true,
    ...operator,
  };
}

type OperatorActs = Pick<Detail['allow'], 'cancel' | 'retry' | 'suspend' | 'resume' | 'skip' | 'modify'>;

/** A suspended case is moved, resumed or cancelled; one that is being cancelled, only helped on. */
function operatorActs({ status, community_id: communityId }: CaseItemRow, reader: Decider): OperatorActs {
  const may = (verb: string, ...when: CaseItemRow['status'][]): boolean =>
    when.includes(status) && mayIn(reader, verb, communityId);
  return {
    cancel: may('case.cancel', 'running', 'suspended'),
    retry: may('case.retry', 'running', 'cancelling'),
    suspend: may('case.operate', 'running'),
    resume: may('case.operate', 'suspended'),
    skip: may('case.operate', 'running', 'cancelling'),
    modify: may('case.operate', 'running', 'suspended'),
  };
}

function withdrawable(step: Parameters<typeof isHumanStep>[0]): boolean {
  return !isHumanStep(step) || step.allow?.withdraw !== false;
}

/** Row security leaves those that the reader may see. */
async function readOpenTasks(tx: Tx, caseId: string): Promise<TaskItemRow[]> {
  const { rows } =
    await sql<TaskItemRow>`${selectTaskItems} where t.case_id = ${caseId} and t.state in ('open', 'completing')
    order by t.opened_rev, t.id`.execute(tx);
  return rows;
}

/**
 * What an activity was given stands in its effect and nowhere else (protocol.md rule 16): it may quote anything of the record, so only
 * who may retry is shown it.
 */
async function readIncidents(tx: Tx, caseId: string, mayRetry: boolean): Promise<Incident[]> {
  const row = await tx.selectFrom('case').select('incidents').where('id', '=', caseId).executeTakeFirst();
  const incidents = row?.incidents ?? [];
  const effects = incidents.flatMap(({ detail: { effect } }) => (typeof effect === 'number' ? [effect] : []));
  if (!mayRetry || effects.length === 0) return incidents;
  const { rows } = await withEngine(tx, () =>
    sql<{ id: number; input: Incident['detail'] }>`select id, input from effect
      where case_id = ${caseId} and id = any (${effects}::int[]) and type in ('activity', 'call') and input is not null`.execute(
      tx,
    ),
  );
  const inputs = new Map<unknown, Incident['detail']>(rows.map(({ id, input }) => [id, input]));
  return incidents.map((incident) => {
    const input = inputs.get(incident.detail.effect);
    return input === undefined ? incident : { ...incident, detail: { ...incident.detail, inputs: input } };
  });
}
