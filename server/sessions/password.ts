/** What ends the sessions of a person: a new password all others, a wish all of them. */
import { asPerson, type Db } from '../db/as.ts';
import type { Session } from '../http.ts';
import { hashPassword } from '../security/passwords.ts';

/** Whoever has the old password is out. Gives the token hashes (hex) of the sessions that ended. */
export async function changePassword(db: Db, session: Session, next: string): Promise<string[]> {
  const passwordHash = await hashPassword(next);
  const { id } = session.person;
  return asPerson(db, id, async (tx) => {
    await tx
      .updateTable('credential')
      .set({ password_hash: passwordHash, updated_at: new Date() })
      .where('person_id', '=', id)
      .execute();
    await tx
      .insertInto('audit')
      .values({ person_id: id, act: 'password_changed', subject: `person:${id}` })
      .execute();
    const ended = await tx
      .deleteFrom('session')
      .where('person_id', '=', id)
      .where('token_hash', '!=', session.tokenHash)
      .returning('token_hash')
      .execute();
    return ended.map((row) => row.token_hash.toString('hex'));
  });
}

/** Gives the token hashes (hex) of the sessions that ended. */
export function endAll(db: Db, personId: string): Promise<string[]> {
  return asPerson(db, personId, async (tx) => {
    const ended = await tx.deleteFrom('session').where('person_id', '=', personId).returning('token_hash').execute();
    await tx
      .insertInto('audit')
      .values({ person_id: personId, act: 'signed_out_everywhere', subject: `person:${personId}` })
      .execute();
    return ended.map((row) => row.token_hash.toString('hex'));
  });
}
