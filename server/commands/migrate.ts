/**
 * Moving cases to another version of their flow (protocol.md rule 14): tx1 of the command, and the verdict beforehand. The log of the case
 * says whether it can be moved; the command carries what the new version mentions of the record, as of the case's current rev.
 */
import { compile } from '../../workflows/engine/compile.ts';
import { refuse } from '../../workflows/engine/refuse.ts';
import type { Command, Refusal } from '../../workflows/engine/types.ts';
import { findCaseRow } from '../case-views/case-items.ts';
import { asSnapshot, withEngine, type Db, type Tx } from '../db/as.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { giveCase, requireVerb } from './case-acts.ts';
import { readCaseState } from './case-state.ts';
import { readDecider } from './facts.ts';
import type { Given } from './give.ts';
import { mayIn } from './may-decide.ts';
import { readForVersion, type MigrateArgs } from './migrate-values.ts';
import type { Intention } from './types.ts';

export interface MigrateWish {
  /** Null: the current version. */
  to: number | null;
  mapping: Record<string, string>;
  timers: 'keep' | 'reset';
}
export interface MigrateAct extends MigrateWish {
  caseId: string;
  reason: string;
}

/** @throws AppError not_found, forbidden, case_closed, case_busy, migrate_refused */
export function migrateCase(deps: Deps, intention: Intention, act: MigrateAct): Promise<Given> {
  return giveCase({ deps, intention, caseId: act.caseId, kind: 'migrate' }, async (tx, found) => {
    requireVerb(found, 'case.operate');
    const { id: caseId, appliedRev: readRev, form } = found.case;
    const { args, refusal } = await judge(tx, deps, { wish: act, flow: found.flow, caseId, readRev, form });
    if (refusal) throw new AppError(refusal.code, 409, refusal.params);
    return { args: { ...args }, patch: null, comment: act.reason, readRev: null };
  });
}

export interface Verdict {
  from: number;
  to: number;
  refusal: Refusal | null;
}

/** Whether the case could be moved; nothing happens. @throws AppError not_found, forbidden */
export function judgeMigration(deps: Deps, person: string, caseId: string, wish: MigrateWish): Promise<Verdict> {
  return asSnapshot(deps.db, person, async (tx) => {
    const row = await findCaseRow(tx, caseId);
    if (row === undefined) throw new AppError('not_found', 404);
    if (!mayIn(await readDecider(tx, person), 'case.operate', row.community_id)) throw new AppError('forbidden', 403);
    const flow = await getFlow(deps.db, { key: row.flow, version: row.flow_version }, tx);
    const { args, refusal } = await judge(tx, deps, { wish, flow, caseId, readRev: null, form: flow.form.key });
    return { from: flow.version, to: args.to.version, refusal };
  });
}

interface Asked {
  wish: MigrateWish;
  /** The version that the case is on. */
  flow: PublishedFlow;
  caseId: string;
  /** Null: whatever the log says. */
  readRev: number | null;
  form: string;
}

async function judge(
  tx: Tx,
  { db }: Pick<Deps, 'db'>,
  { wish, flow, caseId, readRev, form }: Asked,
): Promise<{ args: MigrateArgs; refusal: Refusal | null }> {
  const { compiled, state } = await withEngine(tx, () => readCaseState(tx, flow, caseId));
  const target = await targetOf(tx, db, flow, wish.to);
  const { key, version, sha256 } = target;
  const { mapping, timers } = wish;
  const known = { to: { key, version, sha256 }, mapping, timers };
  const none = { ...known, vars: {}, calendars: {}, readRev: readRev ?? state.rev };
  if (target.form.key !== form) return { args: none, refusal: refused('form_changed') };
  const args: MigrateArgs = { ...none, ...(await withEngine(tx, () => readForVersion(tx, target, caseId))) };
  const common = { id: 'plan', n: 0, lowestPending: 0, actor: null, flowVersion: flow.version };
  const command: Command = { kind: 'migrate', ...common, ...args };
  return { args, refusal: refuse(compiled, state, command, compile(target.loaded)) };
}

function refused(reason: string): Refusal {
  return { code: 'migrate_refused', params: { reason, step: null } };
}

/** @throws AppError not_found: there is no such version */
async function targetOf(tx: Tx, db: Db, { key }: PublishedFlow, asked: number | null): Promise<PublishedFlow> {
  const row = await tx.selectFrom('flow').select('current_version').where('key', '=', key).executeTakeFirst();
  const version = asked ?? row?.current_version ?? 0;
  return getFlow(db, { key, version }, tx).catch((error: unknown) => {
    const isMissing = error instanceof AppError && error.code === 'not_found';
    throw isMissing ? new AppError('not_found', 404, { flow: key, version }) : error;
  });
}
