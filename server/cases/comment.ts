/** 沟通: says something about a case without deciding anything; whoever takes part in it is told. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { sayOnce } from '../comments.ts';
import { asPerson, type Db } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import { AppError } from '../errors.ts';
import type { NotificationKind } from '../notifications/schemas.ts';
import type { CommentItem } from './schemas.ts';

const said: NotificationKind = 'comment';

export interface Commenting {
  caseId: string;
  person: { id: string; name: string };
  body: string;
  key: string | null;
}

/** @throws AppError not_found, key_reused */
export function addComment(db: Db, { caseId, person, body, key }: Commenting): Promise<Static<typeof CommentItem>> {
  return asPerson(db, person.id, async (tx) => {
    const { rows: visible } = await sql<{
      number: string;
      title: string;
      watchedIn: string | null;
    }>`select number, title, community_id as "watchedIn" from "case" where id = ${caseId}`.execute(tx);
    const [found] = visible;
    if (found === undefined) throw new AppError('not_found', 404);
    const comment = await sayOnce(tx, { caseId, author: person.id, body, key });
    const item = { id: comment.id, author: person, body, createdAt: comment.createdAt.toISOString() };
    if (!comment.isNew) return item;
    await sql`select set_config('role', 'guanjia_engine', true)`.execute(tx);
    const params = JSON.stringify({ number: found.number, title: found.title, by: person.id });
    const { rows } = await sql<{ id: string }>`
      insert into notification (person_id, case_id, kind, params, dedupe)
      select distinct r.person_id, r.case_id, ${said}, ${params}::jsonb, 'comment:' || ${comment.id} || ':' || r.person_id
      from case_reader r where r.case_id = ${caseId} and r.person_id <> ${person.id} on conflict (dedupe) do nothing
      returning person_id as id`.execute(tx);
    const persons = [...rows.map(({ id }) => id), person.id];
    sendHints(tx, [
      { kind: 'case', caseId, taskId: null, persons, pools: [] },
      { kind: 'watch', caseId, taskId: null, persons: [], pools: [], watchedIn: found.watchedIn },
      { kind: 'notification', caseId, taskId: null, persons, pools: [] },
    ]);
    return item;
  });
}
