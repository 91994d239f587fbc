/**
 * Comments on cases, each said once: its id is the key of the intention (protocol.md rule 2), so that a request that is sent again
 * finds what it said the first time.
 */
import type { Tx } from './db/as.ts';
import { AppError } from './errors.ts';

export interface Saying {
  caseId: string;
  author: string;
  body: string;
  /** Null: said as often as it is sent. */
  key: string | null;
}
export interface Said {
  id: string;
  createdAt: Date;
  /** False: it was there already. */
  isNew: boolean;
}

/** To be called as the author (`asPerson`). @throws AppError key_reused */
export async function sayOnce(tx: Tx, { caseId, author, body, key }: Saying): Promise<Said> {
  const row = await tx
    .insertInto('comment')
    .values({ ...(key !== null && { id: key }), case_id: caseId, author, body })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(['id', 'created_at'])
    .executeTakeFirst();
  if (row !== undefined) return { id: row.id, createdAt: row.created_at, isNew: true };
  const before = await findSaid(tx, { caseId, author, body, key });
  if (before === undefined) throw new AppError('key_reused', 422);
  return before;
}

/** What the same request said before. @throws AppError key_reused, when it said something else */
export async function findSaid(tx: Tx, { caseId, author, body, key }: Saying): Promise<Said | undefined> {
  if (key === null) return undefined;
  const row = await tx.selectFrom('comment').selectAll().where('id', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.case_id !== caseId || row.author !== author || row.body !== body) throw new AppError('key_reused', 422);
  return { id: row.id, createdAt: row.created_at, isNew: false };
}
