/**
 * Publishing form types: the tables are made or changed as guanjia_publisher in the transaction that writes the version row, so
 * a version exists exactly when its columns do. Several form types may come together and refer to each other in circles.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { checkNew } from '../../forms/check-new.ts';
import { compileForm } from '../../forms/compile.ts';
import { createForm, type Ddl } from '../../forms/ddl.ts';
import { changeForm } from '../../forms/diff.ts';
import { FormError, type CompiledForm, type Problem } from '../../forms/types.ts';
import type { Db, Tx } from '../db/as.ts';
import { checkFormulas } from '../db/records/formulas.ts';
import { AppError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { whatUses } from './form-use.ts';

export interface FormDefinitionSource {
  schema: unknown;
  layout: unknown;
}
export interface PublishOptions {
  note: string | null;
  /** Null: what ships built in. It never overrides what a person has published since. */
  by: string | null;
}
export interface PublishedForm {
  key: string;
  version: number;
  /** False: the very same definition was the current one already. */
  isNew: boolean;
}

const publishLock = 7_203_118;

/** @throws AppError invalid_form (422) with a pointer and code for each problem */
export async function publishForm(
  adminDb: Db,
  source: FormDefinitionSource,
  options: PublishOptions,
): Promise<PublishedForm> {
  const [published] = await publishForms(adminDb, [source], options);
  if (published === undefined) throw new Error('nothing was published');
  return published;
}

/** Why the definition would not compile; what publishing has against it is only known then. */
export function problemsOfForm(source: FormDefinitionSource): readonly Problem[] {
  try {
    compileNew(source);
    return [];
  } catch (error) {
    if (error instanceof FormError) return error.problems;
    throw error;
  }
}

/**
 * Publishes the draft of a form type and drops it, in one transaction: a draft is there exactly as long as it is not published, and one that
 * is kept meanwhile waits and stays. @throws AppError not_found, invalid_form
 */
export async function publishDraft(adminDb: Db, key: string, options: PublishOptions): Promise<PublishedForm> {
  return adminDb.transaction().execute(async (tx) => {
    await lockPublishing(tx);
    const drafts = tx.selectFrom('form_draft').select(['schema', 'layout']).where('form', '=', key);
    const draft = await drafts.forUpdate().executeTakeFirst();
    if (draft === undefined) throw new AppError('not_found', 404, { form: key });
    const form = asProblems(() => compileNew(draft));
    if (form.key !== key)
      throw new AppError('invalid_form', 422, {}, [{ path: '/schema/x-key', code: 'change_incompatible' }]);
    const [published] = await publishAll(tx, [form], options);
    if (published === undefined) throw new Error('nothing was published');
    await tx.deleteFrom('form_draft').where('form', '=', key).execute();
    return published;
  });
}

/** What was published before stays readable, whatever is asked of a definition since. @throws FormError */
function compileNew({ schema, layout }: FormDefinitionSource): CompiledForm {
  const form = compileForm(schema, layout);
  const problems = [...checkNew(form), ...checkFormulas(form)];
  if (problems.length > 0) throw new FormError(problems);
  return form;
}

/** All or none. */
export async function publishForms(
  adminDb: Db,
  sources: FormDefinitionSource[],
  options: PublishOptions,
): Promise<PublishedForm[]> {
  const forms = asProblems(() => sources.map(compileNew));
  return adminDb.transaction().execute(async (tx) => {
    await lockPublishing(tx);
    return publishAll(tx, forms, options);
  });
}

/** One at a time: versions are numbered, and definitions refer to each other. */
async function lockPublishing(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${publishLock})`.execute(tx);
}

async function publishAll(tx: Tx, forms: CompiledForm[], options: PublishOptions): Promise<PublishedForm[]> {
  const plans: Plan[] = [];
  for (const form of forms) plans.push(await planForm(tx, form, options));
  await checkReferences(tx, forms);
  const changed = plans.filter(({ ddl }) => ddl !== null);
  if (changed.length > 0) await carryOut(tx, changed, options);
  return plans.map(({ form, version, ddl }) => ({ key: form.key, version, isNew: ddl !== null }));
}

/** Tables of all first: their foreign keys may run in circles. */
async function carryOut(tx: Tx, plans: Plan[], options: PublishOptions): Promise<void> {
  await sql`set local role guanjia_publisher`.execute(tx);
  for (const statement of plans.flatMap(({ ddl }) => ddl?.tables ?? [])) await sql.raw(statement).execute(tx);
  for (const { form, ddl } of plans) await runLinks(tx, form, ddl?.links ?? []);
  for (const plan of plans) await writeVersion(tx, plan, options);
  await sql`set local role none`.execute(tx);
  for (const plan of plans) await writeAudit(tx, plan, options);
}

interface Plan {
  form: CompiledForm;
  version: number;
  sha256: string;
  /** Null: nothing to do. */
  ddl: Ddl | null;
}

async function planForm(tx: Tx, form: CompiledForm, options: PublishOptions): Promise<Plan> {
  const sha256 = createHash('sha256')
    .update(canonicalJson([form.schema, form.layout]))
    .digest('hex');
  const rows = await tx
    .selectFrom('form_version')
    .select(['version', 'sha256', 'schema', 'layout', 'published_by'])
    .where('form', '=', form.key)
    .orderBy('version')
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return { form, version: 1, sha256, ddl: createForm(form) };
  const isOld = options.by === null && (last.published_by !== null || rows.some((row) => row.sha256 === sha256));
  if (isOld || last.sha256 === sha256) return { form, version: last.version, sha256, ddl: null };
  const before = rows.map(({ schema, layout }) => compileForm(schema, layout));
  const used = await whatUses(tx, before.at(-1) ?? form, form);
  if (used.length > 0) throw new AppError('invalid_form', 422, { form: form.key }, used);
  return { form, version: last.version + 1, sha256, ddl: asProblems(() => changeForm(before, form)) };
}

/** Every form type that is referred to exists or comes along. */
async function checkReferences(tx: Tx, forms: CompiledForm[]): Promise<void> {
  const known = new Set([
    ...forms.map(({ key }) => key),
    ...(await tx.selectFrom('form_type').select('key').execute()).map(({ key }) => key),
  ]);
  const problems = forms.flatMap((form) =>
    form.fields.flatMap((field) =>
      [field, ...field.rows]
        .filter(({ ref }) => ref?.form != null && !known.has(ref.form))
        .map((each): Problem => ({
          path: `/schema/properties/${field.name}`,
          code: 'ref_unknown',
          params: { form: each.ref?.form },
        })),
    ),
  );
  if (problems.length > 0) throw new AppError('invalid_form', 422, {}, problems);
}

/** Constraints and indexes look at the rows that are there: what they find wrong is told, not a server error. */
async function runLinks(tx: Tx, form: CompiledForm, links: string[]): Promise<void> {
  try {
    for (const statement of links) await sql.raw(statement).execute(tx);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== '23505' && code !== '23514' && code !== '23P01') throw error;
    const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
    throw new AppError('invalid_form', 422, { form: form.key }, [
      { path: '/schema/x-constraints', code: 'constraint_broken_by_records', params: { constraint } },
    ]);
  }
}

async function writeVersion(tx: Tx, { form, version, sha256 }: Plan, options: PublishOptions): Promise<void> {
  const title = JSON.stringify(form.title);
  await tx
    .insertInto('form_version')
    .values({
      form: form.key,
      version,
      schema: JSON.stringify(form.schema),
      layout: JSON.stringify(form.layout),
      sha256,
      note: options.note,
      published_by: options.by,
    })
    .execute();
  await tx
    .insertInto('form_type')
    .values({ key: form.key, kind: form.kind, title, current_version: version, built_in: options.by === null })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ title, current_version: version }))
    .execute();
}

async function writeAudit(
  tx: Tx,
  { form, version }: Pick<Plan, 'form' | 'version'>,
  options: PublishOptions,
): Promise<void> {
  await tx
    .insertInto('audit')
    .values({
      person_id: options.by,
      act: 'form.publish',
      subject: form.key,
      detail: JSON.stringify({ version, note: options.note }),
    })
    .execute();
}

/** @throws AppError invalid_form where `run` throws FormError */
function asProblems<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof FormError) throw new AppError('invalid_form', 422, {}, error.problems);
    throw error;
  }
}
