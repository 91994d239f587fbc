/** Seeing a masked value in full: a right of its own, for a reason, on record. */
import type { Static } from 'typebox';
import { asPerson, type Db } from '../db/as.ts';
import { loadForm, readRecord } from '../db/records/index.ts';
import { AppError } from '../errors.ts';
import { assertMayAnywhere } from '../security/may.ts';
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
    await assertMayAnywhere(tx, `record.unmask:${form.key}`);
    const value = record.fields[field];
    if (form.byName.get(field)?.mask == null || typeof value !== 'string') {
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
