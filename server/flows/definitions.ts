/** Queries of the routes that keep flows: versions, and the draft of the next one. */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Tx } from '../db/as.ts';
import { problemsOfFlow } from '../definitions/flows.ts';
import { AppError } from '../errors.ts';
import type { FlowDraft, FlowVersion, FlowVersions } from './schemas.ts';

type VersionItem = Static<typeof FlowVersions>['items'][number];

/** The newest first. @throws AppError not_found */
export async function findFlowVersions(tx: Tx, key: string): Promise<VersionItem[]> {
  const { rows } = await sql<Omit<VersionItem, 'publishedAt'> & { publishedAt: Date }>`
    select v.version, v.note, v.published_at as "publishedAt", v.version = f.current_version as current,
      case when p.id is not null then json_build_object('id', p.id, 'name', p.display_name) end as "publishedBy",
      (select count(*)::int from "case" c where c.flow = v.flow and c.flow_version = v.version
        and c.status in ('starting', 'running', 'suspended', 'cancelling')) as running
    from flow_version v join flow f on f.key = v.flow left join person p on p.id = v.published_by
    where v.flow = ${key} order by v.version desc`.execute(tx);
  if (rows.length === 0) throw new AppError('not_found', 404, { flow: key });
  return rows.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() }));
}

/** @throws AppError not_found */
export async function getFlowVersion(tx: Tx, key: string, version: number): Promise<Static<typeof FlowVersion>> {
  const row = await tx
    .selectFrom('flow_version')
    .select('definition')
    .where('flow', '=', key)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404, { flow: key, version });
  return { key, version, definition: row.definition as unknown as Record<string, unknown> };
}

/** @throws AppError not_found */
export async function getFlowDraft(tx: Tx, key: string): Promise<Static<typeof FlowDraft>> {
  const row = await tx
    .selectFrom('flow_draft as d')
    .leftJoin('person as p', 'p.id', 'd.updated_by')
    .select(['d.definition', 'd.updated_at', 'p.id', 'p.display_name'])
    .where('d.flow', '=', key)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', 404, { flow: key });
  const by = row.id === null || row.display_name === null ? null : { id: row.id, name: row.display_name };
  return {
    key,
    definition: row.definition,
    problems: await problemsOfFlow(tx, row.definition),
    updatedAt: row.updated_at.toISOString(),
    updatedBy: by,
  };
}

interface Draft {
  key: string;
  definition: Record<string, unknown>;
  by: string;
}

export async function keepFlowDraft(tx: Tx, { key, definition, by }: Draft): Promise<void> {
  const kept = { definition: JSON.stringify(definition), updated_by: by, updated_at: new Date() };
  await tx
    .insertInto('flow_draft')
    .values({ flow: key, ...kept })
    .onConflict((conflict) => conflict.column('flow').doUpdateSet(kept))
    .execute();
}

export async function dropFlowDraft(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('flow_draft').where('flow', '=', key).execute();
}
