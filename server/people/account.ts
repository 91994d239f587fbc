/** An account made by the operator, with the owner's rights on the database: nobody may have one yet. */
import type { Db } from '../db/as.ts';
import { hashPassword } from '../security/passwords.ts';
import { StartError } from '../services/messages.ts';

export interface WantedAccount {
  username: string;
  name: string;
  role: string;
  password: string;
}

/** With the role everywhere. @throws StartError account_exists, account_role */
export async function makeAccount(adminDb: Db, { username, name, role, password }: WantedAccount): Promise<void> {
  const passwordHash = await hashPassword(password);
  await adminDb.transaction().execute(async (tx) => {
    const known = await tx.selectFrom('role').select('key').execute();
    if (!known.some(({ key }) => key === role)) {
      throw new StartError('account_role', { role, roles: known.map(({ key }) => key).join(' ') });
    }
    const person = await tx
      .insertInto('person')
      .values({ username, display_name: name })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (person === undefined) throw new StartError('account_exists', { username });
    await tx.insertInto('credential').values({ person_id: person.id, password_hash: passwordHash }).execute();
    await tx.insertInto('role_grant').values({ person_id: person.id, role, community_id: null }).execute();
    await tx
      .insertInto('audit')
      .values({
        person_id: null,
        act: 'account_made',
        subject: `person:${person.id}`,
        detail: JSON.stringify({ role }),
      })
      .execute();
  });
}
