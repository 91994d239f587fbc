/** One's own sessions: seen, and ended one by one or all others at once. */
import type { Static } from 'typebox';
import { asPerson, type Db } from '../db/as.ts';
import { AppError } from '../errors.ts';
import type { Session } from '../http.ts';
import { deviceOf } from './device.ts';
import type { OwnSession } from './schemas.ts';

/** The one that asks first, then by last use. */
export async function findOwnSessions(db: Db, { person, tokenHash }: Session): Promise<Static<typeof OwnSession>[]> {
  const rows = await db
    .selectFrom('session')
    .select(['id', 'token_hash', 'kind', 'user_agent', 'created_at', 'last_seen_at'])
    .where('person_id', '=', person.id)
    .where('expires_at', '>', new Date())
    .orderBy('last_seen_at', 'desc')
    .orderBy('id')
    .execute();
  const sessions = rows.map((row) => ({
    id: row.id,
    current: row.token_hash.equals(tokenHash),
    kind: row.kind,
    ...deviceOf(row.user_agent),
    signedInAt: row.created_at.toISOString(),
    lastUsedAt: row.last_seen_at.toISOString(),
  }));
  return sessions.sort((a, b) => Number(b.current) - Number(a.current));
}

/** Gives its token hash (hex). @throws AppError not_found: none of one's own */
export async function endOne(db: Db, personId: string, id: string): Promise<string> {
  const [ended] = await end(db, personId, { id });
  if (ended === undefined) throw new AppError('not_found', 404);
  return ended;
}

/** All but the one that asks. Gives their token hashes (hex). */
export function endOthers(db: Db, { person, tokenHash }: Session): Promise<string[]> {
  return end(db, person.id, { not: tokenHash });
}

function end(db: Db, personId: string, which: { id: string } | { not: Buffer }): Promise<string[]> {
  return asPerson(db, personId, async (tx) => {
    const mine = tx.deleteFrom('session').where('person_id', '=', personId);
    const ended = await ('id' in which ? mine.where('id', '=', which.id) : mine.where('token_hash', '!=', which.not))
      .returning('token_hash')
      .execute();
    if (ended.length > 0) {
      const detail = JSON.stringify({ sessions: ended.length });
      await tx
        .insertInto('audit')
        .values({ person_id: personId, act: 'sessions_ended', subject: `person:${personId}`, detail })
        .execute();
    }
    return ended.map((row) => row.token_hash.toString('hex'));
  });
}
