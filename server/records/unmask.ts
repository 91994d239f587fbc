/** Seeing a masked value in full: a right of its own, for a reason, on record. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { reach } from '../../forms/policies.ts';
import { casesOf } from '../case-views/records.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import { loadForm, readRecord, type LoadedForm } from '../db/records/index.ts';
import { AppError } from '../errors.ts';
import type { Unmasked, UnmaskBody } from './schemas.ts';

/** @throws AppError not_found, forbidden, invalid_request */
export async function unmask(
  db: Db,
  of: { personId: string; key: string; id: string },
  { field, reason }: Static<typeof UnmaskBody>,
): Promise<Static<typeof Unmasked>> {
  const form = await loadForm(db, of.key);
  return asPerson(db, of.personId, async (tx) => {
    const record = await readRecord(tx, form, of.id);
    await assertReaches(tx, form, of.id);
    const seen = form.kind === 'case' ? await casesOf(db, tx, { personId: of.personId, caseIds: [of.id] }) : null;
    const isHidden = seen !== null && (seen.get(of.id)?.rights.permissions[field] ?? 'hidden') === 'hidden';
    const value = record.fields[field];
    if (isHidden || form.byName.get(field)?.mask == null || typeof value !== 'string') {
      throw new AppError('invalid_request', 422, {}, [{ path: '/field', code: 'nothing_masked' }]);
    }
    await tx
      .insertInto('audit')
      .values({
        person_id: of.personId,
        act: 'record.unmask',
        subject: `${form.key}/${of.id}`,
        detail: JSON.stringify({ field, reason }),
      })
      .execute();
    return { value };
  });
}

/** The right is asked where the record belongs: one of another community is no right. */
async function assertReaches(tx: Tx, form: LoadedForm, id: string): Promise<void> {
  const what = 'record.unmask';
  const { rows } = await sql`
    select from ${sql.id('record', form.table)} r where r.id = ${id} and ${sql.raw(reach(form, what, 'r.'))}`.execute(
    tx,
  );
  if (rows.length === 0) throw new AppError('forbidden', 403, { verb: `${what}:${form.key}` });
}
