/** One case as its reader sees it: the record with their permissions, the log, where it stands, the discussion, what they may do. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Incident } from '../../workflows/engine/types.ts';
import { findCaseRow, toCaseItem } from '../case-views/case-items.ts';
import { readerRights, shown, toFormDefinition } from '../case-views/fields.ts';
import { readHistory, toTimeline } from '../case-views/history.ts';
import { readPosition } from '../case-views/position.ts';
import { selectTaskItems, toTaskItems, type Language, type TaskItemRow } from '../case-views/task-items.ts';
import { isHumanStep } from '../commands/access.ts';
import { readCaseFields } from '../commands/case-record.ts';
import { readDecider } from '../commands/facts.ts';
import { holdsRole, mayIn } from '../commands/may-decide.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import { recordLabels } from '../db/records/labels.ts';
import { getFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { mayUrge } from './urge.ts';
import type { CaseDetail, CommentItem } from './schemas.ts';

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
    const mine = tasks.find(
      (task) =>
        task.state === 'open' &&
        (task.holder === person || (task.pool !== null && holdsRole(reader, task.pool, row.community_id))),
    );
    const isOpen = row.status === 'running';
    const mayWithdraw = tasks.every(({ step }) => withdrawable(flow.steps.get(step ?? '')?.step));
    const detail: Detail = {
      case: toCaseItem(row, flow),
      form: toFormDefinition(flow.form),
      permissions: rights.permissions,
      fields,
      labels: await recordLabels(tx, flow.form, fields),
      tasks: await toTaskItems(db, tx, tasks, language),
      myTask: isOpen ? (mine?.id ?? null) : null,
      timeline: await toTimeline(tx, history, { flow, permissions: rights.permissions }),
      position: await readPosition(tx, { flow, caseId, status: row.status, position: row.position, history }),
      comments: await readComments(tx, caseId),
      incidents: await readIncidents(tx, caseId),
      allow: {
        withdraw: isOpen && row.initiator === person && mayWithdraw,
        urge: isOpen && (await mayUrge(tx, { caseId, person, flow })),
        comment: true,
        cancel: isOpen && mayIn(reader, 'case.cancel', row.community_id),
        retry: isOpen && mayIn(reader, 'case.retry', row.community_id),
      },
    };
    await sql`update case_reader set read_at = now() where case_id = ${caseId} and person_id = ${person} and read_at is null`.execute(
      tx,
    );
    return detail;
  });
}

function withdrawable(step: Parameters<typeof isHumanStep>[0]): boolean {
  return !isHumanStep(step) || step.allow?.withdraw !== false;
}

/** Row security leaves those that the reader may see. */
export async function readOpenTasks(tx: Tx, caseId: string): Promise<TaskItemRow[]> {
  const { rows } =
    await sql<TaskItemRow>`${selectTaskItems} where t.case_id = ${caseId} and t.state in ('open', 'completing')
    order by t.opened_rev, t.id`.execute(tx);
  return rows;
}

export async function readComments(tx: Tx, caseId: string): Promise<Static<typeof CommentItem>[]> {
  const rows = await tx
    .selectFrom('comment')
    .innerJoin('person', 'person.id', 'comment.author')
    .select(['comment.id', 'comment.body', 'comment.created_at', 'comment.author', 'person.display_name'])
    .where('case_id', '=', caseId)
    .orderBy('comment.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    author: { id: row.author, name: row.display_name },
    body: row.body,
    createdAt: row.created_at.toISOString(),
  }));
}

async function readIncidents(tx: Tx, caseId: string): Promise<Incident[]> {
  const row = await tx.selectFrom('case').select('incidents').where('id', '=', caseId).executeTakeFirst();
  return row?.incidents ?? [];
}
