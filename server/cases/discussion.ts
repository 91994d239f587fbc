/** Reading the discussion of a case, the latest first page by page: it has no end, and a case is read often. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { decodeCursor, isInstant, isUuid, toPage } from '../cursor.ts';
import type { Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';
import type { CommentItem, CommentPage } from './schemas.ts';

/** So many come with the case itself. */
export const latestComments = 50;

interface Wanted {
  cursor?: string | undefined;
  limit: number;
}
interface Row {
  id: string;
  body: string;
  author: string;
  name: string;
  createdAt: Date;
  /** To the microsecond: comments of one millisecond keep their order. */
  at: string;
}

/** Newest first. @throws AppError invalid_cursor */
export async function readComments(
  tx: Tx,
  caseId: string,
  { cursor, limit }: Wanted,
): Promise<Static<typeof CommentPage>> {
  const before = cursor === undefined ? null : decodeCursor(cursor, isInstant, isUuid);
  const { rows } = await sql<Row>`
    select m.id, m.body, m.author, p.display_name as name, m.created_at as "createdAt",
      to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from comment m join person p on p.id = m.author
     where m.case_id = ${caseId}
       and (${before?.[0] ?? null}::timestamptz is null or (m.created_at, m.id) < (${before?.[0] ?? null}::timestamptz, ${before?.[1] ?? null}::uuid))
     order by m.created_at desc, m.id desc limit ${limit + 1}`.execute(tx);
  return toPage(rows, limit, { item: toItem, key: ({ at, id }) => [at, id] });
}

/** Of a case the person of the transaction may see. @throws AppError not_found, invalid_cursor */
export async function readDiscussion(tx: Tx, caseId: string, wanted: Wanted): Promise<Static<typeof CommentPage>> {
  const found = await tx.selectFrom('case').select('id').where('id', '=', caseId).executeTakeFirst();
  if (found === undefined) throw new AppError('not_found', 404);
  return readComments(tx, caseId, wanted);
}

function toItem({ id, author, name, body, createdAt }: Row): Static<typeof CommentItem> {
  return { id, author: { id: author, name }, body, createdAt: createdAt.toISOString() };
}
