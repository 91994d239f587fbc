/** The flow that a dry run is asked for: one that is sent, a published version, or the draft of the next. */
import { createHash } from 'node:crypto';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import type { Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import { canonicalJson } from '../definitions/canonical-json.ts';
import { problemsOfFlow } from '../definitions/flows.ts';
import { readyFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';

export interface Asked {
  key: string;
  definition?: Record<string, unknown> | undefined;
  version?: number | undefined;
}
export interface FoundFlow {
  flow: PublishedFlow;
  /** Null: not published. */
  version: number | null;
}
interface Found {
  definition: unknown;
  version: number | null;
  formVersion?: number;
}

/** @throws AppError not_found; invalid_flow as publishing it would be refused */
export async function findFlowToPlay(tx: Tx, asked: Asked): Promise<FoundFlow> {
  const { definition, version, formVersion } = await find(tx, asked);
  const problems = await problemsOfFlow(tx, definition);
  if (problems.length > 0) throw new AppError('invalid_flow', 422, { flow: asked.key }, problems);
  const flow = definition as Flow;
  if (flow.key !== asked.key)
    throw new AppError('invalid_flow', 422, { flow: asked.key }, [{ path: '/key', code: 'change_incompatible' }]);
  const form = await loadForm(tx, flow.form, formVersion);
  // Compiled flows are kept by their hash: what the form gives belongs to it.
  const sha256 = createHash('sha256')
    .update(canonicalJson([flow, form.key, form.version]))
    .digest('hex');
  return { flow: readyFlow({ key: flow.key, version: version ?? 0, sha256 }, flow, form), version };
}

async function find(tx: Tx, { key, definition, version }: Asked): Promise<Found> {
  if (definition !== undefined) return { definition, version: null };
  const draft = version === undefined ? await findDraft(tx, key) : undefined;
  if (draft !== undefined) return { definition: draft, version: null };
  const published = tx
    .selectFrom('flow as f')
    .innerJoin('flow_version as v', 'v.flow', 'f.key')
    .select(['v.definition', 'v.version', 'v.form_version'])
    .where('f.key', '=', key);
  const row = await (
    version === undefined
      ? published.whereRef('v.version', '=', 'f.current_version')
      : published.where('v.version', '=', version)
  ).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404, { flow: key });
  return { definition: row.definition, version: row.version, formVersion: row.form_version };
}

async function findDraft(tx: Tx, key: string): Promise<unknown> {
  const row = await tx.selectFrom('flow_draft').select('definition').where('flow', '=', key).executeTakeFirst();
  return row?.definition;
}
