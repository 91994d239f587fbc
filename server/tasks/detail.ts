/** One task as its reader sees it: the form with what they may do, their draft, the buttons, why it is theirs, the case around it. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Values } from '../../forms/types.ts';
import type { Party } from '../../workflows/engine/flow.gen.ts';
import type { Explanation as EngineExplanation } from '../../workflows/engine/types.ts';
import { choiceItems } from '../case-views/choices.ts';
import { readerRights, shown, stepPermissions, toFormDefinition, type ReaderRights } from '../case-views/fields.ts';
import { idsOf, readHistory, toExplanation, toTimeline } from '../case-views/history.ts';
import { readPosition } from '../case-views/position.ts';
import { readTime } from '../case-views/time.ts';
import { selectTaskItems, stepTitle, toTaskItems, type Language, type TaskItemRow } from '../case-views/task-items.ts';
import { actionsOf, isHumanStep, permissionsOf, type HumanStep } from '../commands/access.ts';
import { asksChoices } from '../commands/choices.ts';
import { readCaseFields } from '../commands/case-record.ts';
import { onlyOwnRows, ownRowsOf, writableRows, type OwnRows } from '../commands/own-rows.ts';
import { readDecider } from '../commands/facts.ts';
import { noteTasks } from '../commands/known-tasks.ts';
import { mayDecide, type DecidedTask, type TaskAct } from '../commands/may-decide.ts';
import { findNames } from '../commands/people.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import { recordLabels } from '../db/records/labels.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { readAllowed } from './allowed.ts';
import { readReturnTargets } from './returns/targets.ts';
import type { Action, Draft, TaskDetail } from './schemas.ts';

type Detail = Static<typeof TaskDetail>;

interface More extends DecidedTask {
  assignment: number;
  item: string | null;
  explanation: EngineExplanation;
  version: number;
  status: string;
  position: string[];
  outcomes: string[] | null;
  isDelegated: boolean;
}
interface Reader {
  person: string;
  language: Language;
}

/** Reading it marks it as read. @throws AppError not_found */
export function readTask(db: Db, taskId: string, { person, language }: Reader): Promise<Detail> {
  return asPerson(db, person, async (tx) => {
    const { row, more, flow } = await findTask(db, tx, taskId);
    const step = flow.steps.get(row.step ?? '')?.step;
    if (!isHumanStep(step)) throw new AppError('not_found', 404);
    const decider = await readDecider(tx, person);
    const isActive = row.state === 'open' && more.status === 'running';
    const can = (act: TaskAct): boolean => isActive && mayDecide(decider, more, act, step.allow) === 'yes';
    const reading = { flow, caseId: row.case_id, communityId: more.communityId, initiator: row.initiator };
    // A pool is many people: personal values are for the one who takes the task.
    const rights: ReaderRights = can('complete')
      ? { permissions: stepPermissions(flow, step.id), isMasked: ![row.holder, row.initiator].includes(person) }
      : await readerRights(tx, decider, reading);
    const { own, fields, draft } = await readFilling(tx, { flow, step, row, more, rights });
    const history = await readHistory(tx, row.case_id);
    const [task] = await toTaskItems(db, tx, [row], language);
    if (task === undefined) throw new AppError('not_found', 404);
    const detail: Detail = {
      task: { ...task, unread: false },
      assignment: more.assignment,
      version: more.version,
      mine: can('complete'),
      form: toFormDefinition(flow.form),
      permissions: rights.permissions,
      fields,
      ownRows: Object.fromEntries(own),
      labels: await recordLabels(tx, flow.form, withDraft(fields, draft)),
      draft,
      guide: step.guide ?? null,
      actions: can('complete') ? toActions(flow, step, more.outcomes) : [],
      ...(await readAllowed(tx, { flow, step, decider, row, more, history, can })),
      ...toPausing(step, task.pause !== null, can),
      returnTargets: can('return')
        ? await readReturnTargets(tx, { flow, caseId: row.case_id, task: taskId, step: step.id, history })
        : [],
      explanation: toExplanation(more.explanation, await findNames(tx, idsOf(more.explanation))),
      time: await readTime(tx, { caseId: row.case_id, taskId }),
      timeline: await toTimeline(tx, history, { flow, permissions: rights.permissions }),
      position: await readPosition(tx, {
        flow,
        caseId: row.case_id,
        status: more.status,
        position: more.position,
        history,
      }),
    };
    await markRead(tx, taskId, person);
    return detail;
  });
}

interface Filling {
  flow: PublishedFlow;
  step: HumanStep;
  row: TaskItemRow;
  more: More;
  rights: ReaderRights;
}

/** What the record has, and the reader's draft; of tables whose row the task is about that row. */
async function readFilling(tx: Tx, { flow, step, row, more, rights }: Filling) {
  const current = await readCaseFields(tx, flow.form, row.case_id);
  const own = writableRows(step, ownRowsOf(flow, { step: step.id, item: more.item }, current));
  const draft = await readDraft(tx, row.id, own);
  return { own, draft, fields: onlyOwnRows(shown(flow.form, rights, current), own) };
}

/** A draft may name records that the case does not name yet. */
function withDraft(fields: Values, draft: Detail['draft']): Values[] {
  return [fields, draft?.fields ?? {}];
}

/** @throws AppError not_found */
export async function markRead(tx: Tx, taskId: string, person: string): Promise<void> {
  await sql`insert into task_read (task_id, person_id) values (${taskId}, ${person}) on conflict do nothing`.execute(
    tx,
  );
}

async function findTask(
  db: Db,
  tx: Tx,
  taskId: string,
): Promise<{ row: TaskItemRow; more: More; flow: PublishedFlow }> {
  const { rows } = await sql<TaskItemRow>`${selectTaskItems} where t.id = ${taskId}`.execute(tx);
  const { rows: details } = await sql<More>`
    select t.assignment, t.item, t.assignee, t.claimed_by as "claimedBy", t.pool, t.community_id as "communityId", t.explanation,
      c.applied_rev as version, c.status, c.position, t.outcomes, t.closed_by as "closedBy", t.never,
      exists (select from case_event e where e.case_id = c.id and e.task_id = t.id and e.type = 'task_delegated') as "isDelegated"
    from task t join "case" c on c.id = t.case_id where t.id = ${taskId}`.execute(tx);
  const [row] = rows;
  const [more] = details;
  if (row === undefined || more === undefined) throw new AppError('not_found', 404);
  const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
  noteTasks([row], { caseId: row.case_id, flow });
  return { row, more, flow };
}

async function readDraft(tx: Tx, taskId: string, own: OwnRows): Promise<Static<typeof Draft> | null> {
  const row = await tx
    .selectFrom('task_draft')
    .select(['fields', 'comment', 'updated_at'])
    .where('task_id', '=', taskId)
    .where('person_id', '=', sql<string>`current_person()`)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { fields: onlyOwnRows(row.fields, own), comment: row.comment, updatedAt: row.updated_at.toISOString() };
}

/** Only those offered: the engine has decided when the task opened. */
function toActions(flow: PublishedFlow, step: HumanStep, offered: string[] | null): Static<typeof Action>[] {
  const actions = actionsOf(step).filter(({ outcome }) => offered === null || offered.includes(outcome));
  return actions.map((action) => ({
    outcome: action.outcome,
    label: action.label,
    intent: action.intent ?? 'default',
    comment: action.comment ?? 'optional',
    signature: action.signature ?? false,
    permissions: action.fields === undefined ? null : permissionsOf(flow.form, step.fields, action.fields),
    prepares: action.prepare !== undefined,
    returnsTo: action.returnTo === undefined ? null : stepTitle(flow, action.returnTo.step),
    choices: asksChoices(step, action) ? choiceItems(flow, step.id) : [],
  }));
}

function toPausing(
  { pause }: HumanStep,
  isPaused: boolean,
  can: (act: TaskAct) => boolean,
): Pick<Detail, 'mayPause' | 'mayResume' | 'pausing'> {
  const mayResume = isPaused && can('resume');
  if (pause === undefined) return { mayPause: false, mayResume, pausing: null };
  const { label = null, max, reasons = [], waitingFor = PARTIES } = pause;
  return {
    mayPause: !isPaused && can('pause'),
    mayResume,
    pausing: { label, max, reasons, waitingFor: [...waitingFor] },
  };
}

/** Without a choice of its own a step may wait for anybody. */
const PARTIES: readonly Party[] = ['initiator', 'owner', 'supplier', 'authority', 'other'];
