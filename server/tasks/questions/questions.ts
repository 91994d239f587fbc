/**
 * 沟通: whoever works on a task asks colleagues, who see the case while the question is open and answer without deciding. It stays in
 * Postgres: the engine never hears of it. A question is open until it is ended or its task is closed; both are known from the rows alone.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Static } from 'typebox';
import { lookAtTask } from '../../commands/facts.ts';
import { authorise } from '../../commands/task-ticket.ts';
import { asPerson, type Tx } from '../../db/as.ts';
import { sendHints } from '../../db/hint.ts';
import { holdsStaffRole } from '../../db/staff.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import type { NotificationKind } from '../../notifications/schemas.ts';
import type { Question } from './schemas.ts';

export type QuestionView = Static<typeof Question>;

/** Over `q` and its task `t`. */
export const isOpen = sql<boolean>`(q.ended_at is null and t.state in ('open', 'completing'))`;

interface Row extends Omit<QuestionView, 'askedAt'> {
  askedAt: Date;
}

export async function readQuestions(tx: Tx, where: RawBuilder<unknown>): Promise<QuestionView[]> {
  const { rows } = await sql<Row>`
    select q.id, q.case_id as "caseId", q.task_id as "taskId", json_build_object('id', a.id, 'name', a.display_name) as "askedBy", q.body,
      q.created_at as "askedAt", ${isOpen} as open,
      (select json_agg(json_build_object('person', json_build_object('id', p.id, 'name', p.display_name), 'answer', x.answer,
        'answeredAt', to_char(x.answered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by p.display_name)
        from question_person x join person p on p.id = x.person_id where x.question_id = q.id) as people
    from question q join task t on t.id = q.task_id join person a on a.id = q.asked_by where ${where} order by q.created_at, q.id`.execute(
    tx,
  );
  return rows.map((row) => ({ ...row, askedAt: row.askedAt.toISOString() }));
}

export interface AskAct {
  /** Of the question, and of the request: sent again it asks nothing more. */
  id: string;
  person: string;
  taskId: string;
  assignment: number;
  persons: readonly string[];
  body: string;
}

/** @throws AppError not_found, task_closed, assignment_changed, act_not_allowed, invalid_fields, key_reused */
export function askQuestion(deps: Deps, act: AskAct): Promise<QuestionView> {
  return asPerson(deps.db, act.person, async (tx) => {
    const [known] = await readQuestions(tx, sql`q.id = ${act.id}`);
    if (known !== undefined) return repeated(known, act);
    const facts = await lookAtTask(tx, act.person, act.taskId);
    const found = await authorise(tx, { deps, facts, act, kind: 'ask' });
    await checkAsked(tx, act, found.facts.task);
    const { id: caseId, number } = found.facts.case;
    await sql`insert into question (id, case_id, task_id, asked_by, body) values (${act.id}, ${caseId}, ${act.taskId}, ${act.person}, ${act.body})`.execute(
      tx,
    );
    await sql`insert into question_person (question_id, person_id) select ${act.id}, unnest(${[...act.persons]}::uuid[])`.execute(
      tx,
    );
    const [asked] = await readQuestions(tx, sql`q.id = ${act.id}`);
    if (asked === undefined) throw new AppError('not_found', 404);
    await tell(tx, { kind: 'question', question: asked, number, by: act.person, persons: act.persons });
    return asked;
  });
}

function repeated(known: QuestionView, { person, taskId, body }: AskAct): QuestionView {
  if (known.askedBy.id !== person || known.taskId !== taskId || known.body !== body)
    throw new AppError('key_reused', 422);
  return known;
}

/** Colleagues of the case's community, whoever must keep out of it and oneself left out. */
async function checkAsked(
  tx: Tx,
  { persons, person }: AskAct,
  { communityId, never }: { communityId: string | null; never: readonly string[] },
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select p.id from person p where p.id = any (${[...persons]}::uuid[]) and p.disabled_at is null and p.id <> ${person}::uuid
      and p.id <> all (${[...never]}::uuid[]) and ${holdsStaffRole(sql`p.id`, { roles: null, communityId })}`.execute(
    tx,
  );
  const may = rows.map(({ id }) => id);
  const wrong = persons.flatMap((id, index) =>
    may.includes(id) ? [] : [{ path: `/persons/${index}`, code: 'not_a_choice' }],
  );
  if (wrong.length > 0) throw new AppError('invalid_fields', 422, {}, wrong);
}

/** Answering again changes what one said. @throws AppError not_found, question_closed */
export function answerQuestion(deps: Deps, act: { id: string; person: string; body: string }): Promise<QuestionView> {
  return asPerson(deps.db, act.person, async (tx) => {
    const question = await findOpen(tx, act.id);
    if (!question.people.some(({ person }) => person.id === act.person)) throw new AppError('not_found', 404);
    await sql`update question_person set answer = ${act.body}, answered_at = now()
      where question_id = ${act.id} and person_id = ${act.person}`.execute(tx);
    const [answered] = await readQuestions(tx, sql`q.id = ${act.id}`);
    const { rows } = await sql<{ number: string }>`select number from "case" where id = ${question.caseId}`.execute(tx);
    const told = { question: answered ?? question, number: rows[0]?.number ?? '', by: act.person };
    await tell(tx, { kind: 'answer', ...told, persons: [question.askedBy.id] });
    return answered ?? question;
  });
}

/** Whoever asked has heard enough. @throws AppError not_found, forbidden, question_closed */
export function endQuestion(deps: Deps, act: { id: string; person: string }): Promise<void> {
  return asPerson(deps.db, act.person, async (tx) => {
    const question = await findOpen(tx, act.id);
    if (question.askedBy.id !== act.person) throw new AppError('forbidden', 403);
    await sql`update question set ended_at = now() where id = ${act.id}`.execute(tx);
    const persons = [act.person, ...question.people.map(({ person }) => person.id)];
    sendHints(tx, [{ kind: 'case', caseId: question.caseId, taskId: question.taskId, persons, pools: [] }]);
  });
}

async function findOpen(tx: Tx, id: string): Promise<QuestionView> {
  const [question] = await readQuestions(tx, sql`q.id = ${id}`);
  if (question === undefined) throw new AppError('not_found', 404);
  if (!question.open) throw new AppError('question_closed', 409);
  return question;
}

interface Telling {
  kind: Extract<NotificationKind, 'question' | 'answer'>;
  question: QuestionView;
  number: string;
  by: string;
  persons: readonly string[];
}

async function tell(tx: Tx, { kind, question, number, by, persons }: Telling): Promise<void> {
  const { id, caseId, taskId } = question;
  // Notifications of others are written by the engine role alone.
  await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
  await sql`
    insert into notification (person_id, case_id, task_id, kind, params, dedupe)
    select p, k.id, ${taskId}, ${kind}, jsonb_build_object('number', ${number}::text, 'title', k.title, 'by', ${by}::text, 'flow', k.flow,
      'step', (select t.step from task t where t.id = ${taskId})), ${kind}::text || ':' || ${id} || ':' || ${by} || ':' || p
    from unnest(${[...persons]}::uuid[]) p, "case" k where k.id = ${caseId} on conflict (dedupe) do nothing`.execute(
    tx,
  );
  const about = [...persons, by];
  sendHints(tx, [
    { kind: 'case', caseId, taskId: null, persons: about, pools: [] },
    { kind: 'task', caseId, taskId, persons: about, pools: [] },
    { kind: 'notification', caseId, taskId: null, persons: [...persons], pools: [] },
  ]);
}
