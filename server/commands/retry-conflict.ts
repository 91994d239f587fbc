/**
 * Tries again what the record's table refused when its event was applied (protocol.md rule 7). The incident is the server's own (its id is
 * minus the rev), so the engine is not asked; fields that were written by a later rev meanwhile stay.
 */
import { sql } from 'kysely';
import type { Incident } from '../../workflows/engine/types.ts';
import { asPerson, inCase } from '../db/as.ts';
import { sendHints } from '../db/hint.ts';
import { getFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { hasRows, tablesOf, takeNewer } from './apply/field-revs.ts';
import { patchCaseRecord, readCaseFields, tableProblem } from './case-record.ts';
import { lockCase } from './facts.ts';
import { mayIn } from './may-decide.ts';

interface Stuck {
  incidents: Incident[];
  field_revs: Record<string, number>;
  patch: Record<string, unknown>;
  actor: string | null;
}

/** @throws AppError not_found, forbidden, incident_unknown, record_conflict with what the table says now */
export async function retryConflict(
  deps: Deps,
  { person, caseId, incident }: { person: string; caseId: string; incident: number },
): Promise<void> {
  const rev = -incident;
  const found = await asPerson(deps.db, person, async (tx) => {
    const facts = await lockCase(tx, person, { caseId, key: { key: null, route: '' } });
    if (facts === undefined) throw new AppError('not_found', 404);
    if (!mayIn(facts.person, 'case.retry', facts.case.communityId)) throw new AppError('forbidden', 403);
    return facts.case;
  });
  const flow = await getFlow(deps.db, { key: found.flow, version: found.flowVersion });
  await inCase(deps.db, caseId, async (tx) => {
    const { rows } = await sql<Stuck>`
      select c.incidents, c.field_revs, e.patch, e.actor from "case" c join case_event e on e.case_id = c.id and e.rev = ${rev}
      where c.id = ${caseId} for no key update of c`.execute(tx);
    const [stuck] = rows;
    if (!stuck?.incidents.some(({ id }) => id === incident)) throw new AppError('incident_unknown', 409, { incident });
    const fieldRevs = { ...stuck.field_revs };
    const taken = takeNewer(fieldRevs, { rev, fields: stuck.patch });
    const fields = hasRows(fieldRevs, taken)
      ? tablesOf(fieldRevs, taken, await readCaseFields(tx, flow.form, caseId))
      : taken;
    await patchCaseRecord(tx, flow.form, { caseId, fields, by: stuck.actor, rev }).catch((error: unknown) => {
      const problem = tableProblem(error, flow.form);
      throw problem === undefined ? error : new AppError('record_conflict', 409, { problem });
    });
    await sql`update "case" set field_revs = ${JSON.stringify(fieldRevs)}::jsonb, updated_at = now(),
      incidents = ${JSON.stringify(stuck.incidents.filter(({ id }) => id !== incident))}::jsonb where id = ${caseId}`.execute(
      tx,
    );
    sendHints(tx, [{ kind: 'case', caseId, taskId: null, persons: [person, found.initiator], pools: [] }]);
  });
}
