/** What decides who hears a hint: roles held, and whether the session still lives. */
import { sql } from 'kysely';
import type { Db } from '../db/as.ts';
import type { Holding } from './streams.ts';

export async function findHoldings(db: Db, personIds: string[]): Promise<Map<string, Holding[]>> {
  const rows = await db
    .selectFrom('role_grant')
    .innerJoin('role', 'role.key', 'role_grant.role')
    .select(['person_id', 'role_grant.role', 'community_id as communityId'])
    .select(sql<boolean>`verb_matches(role.may, 'case.read')`.as('readsCases'))
    .where('person_id', 'in', personIds)
    .execute();
  return Map.groupBy(rows, ({ person_id }) => person_id);
}

/** Of these token hashes (hex), those that still open something. */
export async function findLiveTokens(db: Db, tokens: string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select('session.token_hash')
    .where(
      'session.token_hash',
      'in',
      tokens.map((token) => Buffer.from(token, 'hex')),
    )
    .where('session.expires_at', '>', new Date())
    .where('person.disabled_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.token_hash.toString('hex')));
}
