/**
 * Publishing flows: the definition is checked against the language, the form it fills and the roles it names, and becomes the next
 * version, which is never changed again. Running cases stay on the version they were started with.
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import type { Db, Tx } from '../db/as.ts';
import { AppError, type FieldError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { checkMeaning } from './flow-check.ts';
import { reconcileStarts } from '../starts/reconcile.ts';
import { isFlow, languageProblems } from './judge-flow.ts';
import { checkLookups } from './prepare-check.ts';
import { checkStarters } from './start-check.ts';

export interface PublishFlowOptions {
  note: string | null;
  /** Null: what ships built in. */
  by: string | null;
}
export interface PublishedFlowVersion {
  key: string;
  version: number;
  /** False: this very definition was published already. */
  isNew: boolean;
}

const publishLock = 7_203_119;

/** @throws AppError invalid_flow (422) with a pointer and code for each problem */
export function publishFlow(
  adminDb: Db,
  definition: unknown,
  options: PublishFlowOptions,
): Promise<PublishedFlowVersion> {
  return adminDb.transaction().execute(async (tx) => {
    await lockPublishing(tx);
    return publishIn(tx, definition, options);
  });
}

/**
 * Publishes the draft of a flow and drops it, in one transaction: a draft is there exactly as long as it is not published, and one that is
 * kept meanwhile waits and stays. @throws AppError not_found, invalid_flow
 */
export function publishFlowDraft(adminDb: Db, key: string, options: PublishFlowOptions): Promise<PublishedFlowVersion> {
  return adminDb.transaction().execute(async (tx) => {
    await lockPublishing(tx);
    const drafts = tx.selectFrom('flow_draft').select('definition').where('flow', '=', key);
    const draft = await drafts.forUpdate().executeTakeFirst();
    if (draft === undefined) throw new AppError('not_found', 404, { flow: key });
    if (draft.definition.key !== key)
      throw new AppError('invalid_flow', 422, { flow: key }, [{ path: '/key', code: 'change_incompatible' }]);
    const published = await publishIn(tx, draft.definition, options);
    await tx.deleteFrom('flow_draft').where('flow', '=', key).execute();
    return published;
  });
}

/** Whatever would keep a definition from being published, by the language, its form, the roles and the activities; empty: it may. */
export async function problemsOfFlow(tx: Tx, definition: unknown): Promise<FieldError[]> {
  if (!isFlow(definition)) return languageProblems();
  try {
    const { problems } = await checkMeaning(tx, definition);
    return [...problems, ...(await checkBesides(tx, definition))];
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_flow') return [...error.errors];
    throw error;
  }
}

async function lockPublishing(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${publishLock})`.execute(tx);
}

async function publishIn(tx: Tx, definition: unknown, options: PublishFlowOptions): Promise<PublishedFlowVersion> {
  if (!isFlow(definition)) throw new AppError('invalid_flow', 422, {}, languageProblems());
  const flow = definition;
  const sha256 = createHash('sha256').update(canonicalJson(flow)).digest('hex');
  const known = await findVersion(tx, flow.key, { sha256, options });
  if (known !== undefined) return { key: flow.key, version: known, isNew: false };
  const { formVersion, problems: found } = await checkMeaning(tx, flow);
  const problems = [...found, ...(await checkBesides(tx, flow))];
  if (problems.length > 0) throw new AppError('invalid_flow', 422, { flow: flow.key }, problems);
  const version = await writeVersion(tx, flow, { sha256, formVersion, options });
  await reconcileStarts(tx);
  return { key: flow.key, version, isNew: true };
}

/** What only the tables know. */
async function checkBesides(tx: Tx, flow: Flow): Promise<FieldError[]> {
  return [...(await checkLookups(tx, flow)), ...(await checkStarters(tx, flow))];
}

interface Wanted {
  sha256: string;
  options: PublishFlowOptions;
}

/** What ships built in is any version that was ever published: an administrator's later one stays current. */
async function findVersion(tx: Tx, key: string, { sha256, options }: Wanted): Promise<number | undefined> {
  const { rows } = await sql<{ version: number }>`
    select v.version from flow_version v join flow f on f.key = v.flow
    where v.flow = ${key} and v.sha256 = ${sha256} and (${options.by === null} or v.version = f.current_version)
      and v.form_version = (select current_version from form_type t where t.key = f.form)
    order by v.version desc limit 1`.execute(tx);
  return rows[0]?.version;
}

async function writeVersion(tx: Tx, flow: Flow, written: Wanted & { formVersion: number }): Promise<number> {
  const { sha256, formVersion, options } = written;
  await sql`set local role guanjia_publisher`.execute(tx);
  const { rows } = await sql<{ version: number }>`
    insert into flow_version (flow, version, definition, form_version, sha256, note, published_by)
    select ${flow.key}, coalesce(max(version), 0) + 1, ${JSON.stringify(flow)}::jsonb, ${formVersion}, ${sha256}, ${options.note}, ${options.by}::uuid
    from flow_version where flow = ${flow.key} returning version`.execute(tx);
  const version = rows[0]?.version ?? 1;
  await sql`
    insert into flow (key, form, title, current_version, built_in)
    values (${flow.key}, ${flow.form}, ${JSON.stringify(flow.title)}::jsonb, ${version}, ${options.by === null})
    on conflict (key) do update set form = excluded.form, title = excluded.title, current_version = excluded.current_version`.execute(
    tx,
  );
  await sql`set local role none`.execute(tx);
  const detail = JSON.stringify({ version, note: options.note });
  await tx
    .insertInto('audit')
    .values({ person_id: options.by, act: 'flow.publish', subject: flow.key, detail })
    .execute();
  return version;
}
