/** Writes the generated community: record rows by the compiled forms' own columns, many at a time, and the people who can sign in. */
import { sql } from 'kysely';
import type { Tx } from '../db/as.ts';
import { computeFields } from '../db/records/compute.ts';
import { loadForm, type LoadedForm } from '../db/records/form-store.ts';
import { writeAttached } from '../db/records/rows.ts';
import { toAssignments } from '../db/records/values.ts';
import { hashPassword } from '../security/passwords.ts';
import type { Account, DemoCommunity, Row } from './rows.ts';

/** Rows in one statement: Postgres takes 65,535 parameters. */
const batch = 500;

/** As guanjia_owner, in the caller's transaction. */
export async function insertCommunity(tx: Tx, demo: DemoCommunity, password: string): Promise<void> {
  // Departments name heads that come after them.
  await sql`set constraints all deferred`.execute(tx);
  for (const { form, rows } of demo.registers) {
    const loaded = await loadForm(tx, form);
    for (let from = 0; from < rows.length; from += batch) {
      await insertRows(tx, loaded, rows.slice(from, from + batch), demo.communityId);
    }
  }
  await insertAccounts(tx, demo.accounts, demo.communityId, password);
}

async function insertRows(tx: Tx, form: LoadedForm, rows: Row[], communityId: string): Promise<void> {
  const known = new Set(form.fields.map(({ name }) => name));
  const stranger = rows.flatMap(({ fields }) => Object.keys(fields)).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw new RangeError(`the demo fills ${form.key}.${stranger}, which the form does not have`);
  const columns = form.fields.flatMap((field) => field.columns);
  const isLocal = form.local === true;
  const names = ['id', 'form_version', ...(isLocal ? ['community_id'] : []), ...columns.map(({ name }) => name)];
  const tuples = rows.map(({ id, fields }) => {
    const filled = { ...fields, ...computeFields(form.fields, fields) };
    const values = form.fields.flatMap((field) => toAssignments(field, filled[field.name])).map(({ value }) => value);
    const community = isLocal ? [sql`${communityId}::uuid`] : [];
    return sql`(${sql.join([sql`${id}::uuid`, sql`${form.version}::int`, ...community, ...values])})`;
  });
  const table = sql.id('record', form.table);
  await sql`insert into ${table} (${sql.join(names.map((name) => sql.id(name)))}) values ${sql.join(tuples)}`.execute(
    tx,
  );
  const attached = form.fields.some(({ kind }) => kind === 'table');
  for (const { id, fields } of attached ? rows : []) await writeAttached(tx, form, id, fields);
}

/** All have the one password that the sign-in page shows, so one hash serves them all. */
async function insertAccounts(tx: Tx, accounts: Account[], communityId: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await tx
    .insertInto('person')
    .values(
      accounts.map(({ personId, username, name, partyId, employeeId }) => ({
        id: personId,
        username,
        display_name: name,
        party_id: partyId,
        employee_id: employeeId,
      })),
    )
    .execute();
  await tx
    .insertInto('credential')
    .values(accounts.map(({ personId }) => ({ person_id: personId, password_hash: passwordHash })))
    .execute();
  const grants = accounts.flatMap(({ personId, roles }) =>
    roles.map(({ role, everywhere }) => ({ person_id: personId, role, community_id: everywhere ? null : communityId })),
  );
  await tx.insertInto('role_grant').values(grants).execute();
}
