/** Writing registers: validated whole, written in one transaction as the asking person. */
import type { Static } from 'typebox';
import { withoutMasks } from '../../forms/mask.ts';
import type { Values } from '../../forms/types.ts';
import { validateAct } from '../../forms/validate.ts';
import { asPerson, type Db, type Tx } from '../db/as.ts';
import {
  assertMayChange,
  deleteRecord,
  findReferrers,
  insertRecord,
  loadForm,
  patchRecord,
  readRecord,
  toProblem,
  withProblems,
  type LoadedForm,
} from '../db/records/index.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { Asking } from './read.ts';
import type { RecordBatch, RecordBatchBody, RecordBody } from './schemas.ts';

interface Change {
  id: string;
  version?: number;
  fields: Values;
  /** Pointer before the field names. */
  base?: string;
}

/** Gives the id. @throws AppError invalid_fields, forbidden, use_case */
export async function createRecord(db: Db, of: Asking, body: Static<typeof RecordBody>): Promise<string> {
  const form = await loadRegister(db, of.form);
  return withProblems(form, () => asPerson(db, of.personId, (tx) => create(tx, form, { ...body, by: of.personId })));
}

/** @throws AppError not_found, invalid_fields, forbidden, version_changed, use_case */
export async function changeRecord(db: Db, of: Asking, change: Change): Promise<void> {
  const form = await loadForm(db, of.form);
  await withProblems(form, () => asPerson(db, of.personId, (tx) => patch(tx, form, change, of.personId)));
}

/** @throws AppError not_found, forbidden, version_changed, record_in_use, use_case */
export async function removeRecord(
  dbs: { db: Db; adminDb: Db },
  of: Asking,
  { id, version }: Omit<Change, 'fields'>,
): Promise<void> {
  const form = await loadForm(dbs.db, of.form);
  const forms = await dbs.adminDb.transaction().execute((tx) => findReferrers(tx, form, id));
  await asPerson(dbs.db, of.personId, async (tx) => {
    await readRecord(tx, form, id);
    refuseCase(form, id);
    await assertMayChange(tx, form, id);
    if (forms.length > 0) throw new AppError('record_in_use', 409, { forms });
    await deleteRecord(tx, form, id, { by: of.personId, ...(version !== undefined && { version }) });
  });
}

/** All or none; what is wrong with any of them is told together. */
export async function writeBatch(
  db: Db,
  of: Asking,
  body: Static<typeof RecordBatchBody>,
): Promise<Static<typeof RecordBatch>> {
  const form = await loadRegister(db, of.form);
  const by = of.personId;
  const additions = (body.create ?? []).map(({ fields }, i) => ({
    communityId: body.communityId,
    fields,
    base: `/create/${i}/fields`,
    by,
  }));
  const changes = (body.change ?? []).map((change, i) => ({ ...change, base: `/change/${i}/fields` }));
  refuse(additions.flatMap(({ fields, base }) => validateAct(form, { patch: fields, permissions: null, base })));
  return withProblems(form, () =>
    asPerson(db, by, async (tx) => {
      for (const change of changes) await at(form, change.base, () => patch(tx, form, change, by));
      const created: string[] = [];
      for (const each of additions) created.push(await at(form, each.base, () => create(tx, form, each)));
      return { created, changed: changes.map(({ id }) => id) };
    }),
  );
}

/** The table's refusals name the record of the batch they are about. */
async function at<T>(form: LoadedForm, base: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    const error = toProblem(thrown, form);
    if (!(error instanceof AppError)) throw error;
    const errors = error.errors.map((each) => ({ ...each, path: each.path.replace(/^\/fields/, base) }));
    throw new AppError(error.code, error.status, error.params, errors);
  }
}

interface Addition {
  communityId?: string | null | undefined;
  fields: Values;
  base?: string;
  by: string;
}

async function create(
  tx: Tx,
  form: LoadedForm,
  { communityId = null, fields, base = '/fields', by }: Addition,
): Promise<string> {
  const problems = validateAct(form, { patch: fields, permissions: null, base });
  refuse(problems);
  const { id } = await insertRecord(tx, form, { communityId, fields, by });
  return id;
}

async function patch(tx: Tx, form: LoadedForm, change: Change, by: string): Promise<void> {
  const { fields: current } = await readRecord(tx, form, change.id);
  refuseCase(form, change.id);
  const fields = withoutMasks(form, change.fields, current);
  const problems = validateAct(form, { current, patch: fields, permissions: null, base: change.base ?? '/fields' });
  refuse(problems);
  await patchRecord(tx, form, change.id, {
    fields,
    by,
    ...(change.version !== undefined && { version: change.version }),
  });
}

async function loadRegister(db: Db, key: string): Promise<LoadedForm> {
  const form = await loadForm(db, key);
  refuseCase(form, null);
  return form;
}

/** A case's record changes only by its case's events (protocol.md rule 9). */
function refuseCase(form: LoadedForm, id: string | null): void {
  if (form.kind === 'case') throw new AppError('use_case', 409, { form: form.key, ...(id !== null && { caseId: id }) });
}

function refuse(problems: FieldError[]): void {
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
}
