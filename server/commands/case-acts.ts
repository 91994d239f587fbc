/** tx1 of the commands that are about a case as a whole: withdraw, cancel, amend, retry. */
import { withoutMasks } from '../../forms/mask.ts';
import type { Permissions } from '../../forms/types.ts';
import { validateAct } from '../../forms/validate.ts';
import { readerRights, shown } from '../case-views/fields.ts';
import type { Tx } from '../db/as.ts';
import { tryPatch } from '../db/records/try-patch.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { readCaseFields } from './case-record.ts';
import { changedFields } from './conflicts.ts';
import { lockCase, type Facts } from './facts.ts';
import { give, type Given, type Ticket } from './give.ts';
import { insertCommand } from './insert.ts';
import { toJob } from './load-job.ts';
import { mayIn } from './may-decide.ts';
import { withRowIds } from './row-ids.ts';
import type { CommandKind, Intention, Prepared } from './types.ts';
import { uuidv7 } from './uuid.ts';

type CaseFound = Omit<Facts, 'task'> & { flow: PublishedFlow };
type Details = Pick<Prepared, 'args' | 'patch' | 'comment' | 'readRev'>;

interface Wanted {
  deps: Deps;
  intention: Intention;
  caseId: string;
  kind: Extract<
    CommandKind,
    'withdraw' | 'cancel' | 'amend' | 'retry' | 'suspend' | 'resumeCase' | 'skip' | 'modify' | 'migrate'
  >;
}

/** The initiator takes the case back, while every waiting step allows it. */
export function withdrawCase(
  deps: Deps,
  intention: Intention,
  act: { caseId: string; comment: string },
): Promise<Given> {
  return giveCase({ deps, intention, caseId: act.caseId, kind: 'withdraw' }, (_tx, { case: c, person }) => {
    if (c.initiator !== person.id) throw new AppError('forbidden', 403);
    return Promise.resolve({ args: {}, patch: null, comment: act.comment, readRev: null });
  });
}

/** An operator ends the case. */
export function cancelCase(deps: Deps, intention: Intention, act: { caseId: string; comment: string }): Promise<Given> {
  return giveCase({ deps, intention, caseId: act.caseId, kind: 'cancel' }, (_tx, found) => {
    requireVerb(found, 'case.cancel');
    return Promise.resolve({ args: {}, patch: null, comment: act.comment, readRev: null });
  });
}

/** Runs again what an incident stopped. Incidents below zero are the server's own: see retryConflict. */
export function retryIncident(
  deps: Deps,
  intention: Intention,
  act: { caseId: string; incident: number },
): Promise<Given> {
  return giveCase({ deps, intention, caseId: act.caseId, kind: 'retry' }, (_tx, found) => {
    requireVerb(found, 'case.retry');
    return Promise.resolve({ args: { incident: act.incident }, patch: null, comment: null, readRev: null });
  });
}

export interface AmendAct {
  caseId: string;
  /** Form type by which the caller names the record; a case of another one is not found. */
  form?: string;
  fields: Record<string, unknown>;
  /** Rev of the record that the person read; null: whatever it is now. */
  version: number | null;
  comment: string | null;
}

/**
 * Changes the record of a running case outside any task: PATCH on its record becomes this (protocol.md rule 9).
 * @throws AppError not_found, forbidden, case_closed, case_busy, field_changed, invalid_fields
 */
export function amendCase(deps: Deps, intention: Intention, act: AmendAct): Promise<Given> {
  return giveCase({ deps, intention, caseId: act.caseId, kind: 'amend' }, async (tx, found) => {
    const { id: caseId, fieldRevs, form: key } = found.case;
    if (act.form !== undefined && act.form !== key) throw new AppError('not_found', 404, { form: act.form });
    requireVerb(found, `record.write:${key}`);
    const { form } = found.flow;
    const current = await readCaseFields(tx, form, caseId);
    const rights = await readerRights(tx, found.person, { ...found.case, flow: found.flow, caseId });
    const fields = rights.isMasked ? withoutMasks(form, act.fields, current) : act.fields;
    const problems = validateAct(form, { current, patch: fields, permissions: editable(rights.permissions) });
    if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
    const version = act.version ?? newestRev(found.case);
    const changed = await changedFields(tx, fields, {
      caseId,
      form,
      version,
      fieldRevs,
      current,
      shown: shown(form, rights, current),
    });
    const patch = withRowIds(form, changed);
    await tryPatch(tx, form, caseId, { patch, isValid: found.currentForm === form.version });
    return { args: {}, patch, comment: act.comment, readRev: version };
  });
}

/** Whoever may write the record may write what they see of it. */
function editable(seen: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(seen).map(([name, access]) => [name, access === 'hidden' ? 'hidden' : 'edit'] as const),
  );
}

/** Behind a gap a field may carry a rev that is not applied gap-free yet. */
function newestRev({ appliedRev, fieldRevs }: CaseFound['case']): number {
  return Math.max(appliedRev, ...Object.values(fieldRevs));
}

/** tx1 of one act on a case: `prepare` says what is particular about it. */
export function giveCase(wanted: Wanted, prepare: (tx: Tx, found: CaseFound) => Promise<Details>): Promise<Given> {
  return give(wanted.deps, wanted.intention, (tx) => ticket(tx, wanted, prepare));
}

async function ticket(
  tx: Tx,
  wanted: Wanted,
  prepare: (tx: Tx, found: CaseFound) => Promise<Details>,
): Promise<Ticket> {
  const { deps, intention, caseId, kind } = wanted;
  const facts = await lockCase(tx, intention.person, { caseId, key: intention.key });
  if (facts === undefined) throw new AppError('not_found', 404);
  if (facts.prior !== undefined) return { prior: facts.prior };
  const { status } = facts.case;
  if (status === 'completed' || status === 'cancelled') throw new AppError('case_closed', 409, { status });
  const flow = await getFlow(deps.db, { key: facts.case.flow, version: facts.case.flowVersion }, tx);
  const details = await prepare(tx, { ...facts, flow });
  const own = { id: uuidv7(), kind, task: null, deviceAt: null };
  const prepared: Prepared = { ...details, ...own, person: facts.person, case: facts.case };
  const inserted = await insertCommand(tx, prepared, intention);
  const row = { ...prepared, n: inserted.n, actor: intention.person, task: null };
  const job = toJob(row, flow, { caseId, lowestPending: inserted.lowestPending, acked: facts.case.appliedRev });
  return { job, person: { decider: facts.person, communityId: facts.case.communityId } };
}

export function requireVerb({ person, case: c }: CaseFound, verb: string): void {
  if (!mayIn(person, verb, c.communityId)) throw new AppError('forbidden', 403, { verb });
}
