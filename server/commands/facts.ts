/**
 * What tx1 must know before it lets a command pass, in one statement that locks the case and, where there is one, the task: no other
 * command or delta of the case moves until this transaction ends. Reads as the acting person: what they may not see is not there.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/as.ts';
import { askBoth } from '../db/pipelining-client.ts';
import { knownTaskJson } from './apply/read.ts';
import type { Seen } from './apply/standing.ts';
import type { DecidedTask, Decider, Grant } from './may-decide.ts';

export interface CaseFacts {
  id: string;
  number: string;
  flow: string;
  flowVersion: number;
  form: string;
  formVersion: number;
  communityId: string | null;
  initiator: string;
  status: 'starting' | 'running' | 'suspended' | 'cancelling' | 'completed' | 'cancelled';
  appliedRev: number;
  fieldRevs: Record<string, number>;
}
export interface TaskFacts extends DecidedTask {
  id: string;
  step: string;
  /** The rounds and items it is in. */
  item: string | null;
  state: 'open' | 'completing' | 'done' | 'cancelled';
  assignment: number;
  /** Offered now; null: all of the step. */
  outcomes: string[] | null;
  paused: boolean;
}
/** The command that the same person gave before with the same key. */
export interface PriorCommand {
  id: string;
  caseId: string;
  requestHash: Buffer;
  state: 'pending' | 'done' | 'refused';
  refusal: { code: string; params: Record<string, unknown> } | null;
}
export interface Key {
  /** Null: the caller gave none; every request is then a new intention. */
  key: string | null;
  route: string;
}
export interface Facts {
  person: Decider;
  case: CaseFacts;
  /** Version of its form type that the record's table follows. */
  currentForm: number;
  /** As it was before the lock was waited for: whoever finds the task taken looks again. */
  prior: PriorCommand | undefined;
  task: TaskFacts;
  /** For whoever applies the answer of a command about the task; null: not asked, or more goes on in the case than this task. */
  seen?: Seen | null;
}
type CaseOnly = Omit<Facts, 'task' | 'seen'>;

interface Row {
  grants: Grant[];
  case: CaseFacts;
  currentForm: number;
  task: TaskFacts;
  seen: Seen | null;
  prior: (Omit<PriorCommand, 'requestHash'> & { requestHash: string }) | null;
}

const caseJson = sql`json_build_object('id', c.id, 'number', c.number, 'flow', c.flow, 'flowVersion', c.flow_version, 'form', c.form,
  'formVersion', c.form_version, 'communityId', c.community_id, 'initiator', c.initiator, 'status', c.status,
  'appliedRev', c.applied_rev, 'fieldRevs', c.field_revs)`;
const taskJson = sql`json_build_object('id', t.id, 'step', t.step, 'item', t.item, 'state', t.state, 'assignment', t.assignment, 'assignee', t.assignee,
  'claimedBy', t.claimed_by, 'pool', t.pool, 'communityId', t.community_id, 'outcomes', t.outcomes, 'paused', t.paused_at is not null,
  'closedBy', t.closed_by, 'never', t.never, 'explanation', json_build_object('policy', t.explanation ->> 'policy', 'by',
  t.explanation ->> 'by'))`;
const seenJson = sql`case when l.readers is not null then json_build_object('title', c.title, 'incidents', c.incidents,
  'seenRev', c.seen_rev, 'rowRev', c.row_rev, 'head', encode(c.chain_hash, 'hex'), 'readers', l.readers, 'task', ${knownTaskJson}) end`;
const grantsOf = (
  person: RawBuilder<unknown>,
) => sql`coalesce((select json_agg(json_build_object('role', g.role, 'community', g.community_id, 'may', r.may))
  from role_grant g join role r on r.key = g.role where g.person_id = ${person}), '[]')`;
const grantsJson = grantsOf(sql`current_person()`);

const currentForm = sql`(select w.current_version from form_type w where w.key = c.form) as "currentForm"`;

const priorJson = ({ key, route }: Key) => sql`(select json_build_object('id', m.id, 'caseId', m.case_id,
  'requestHash', encode(m.request_hash, 'hex'), 'state', m.state, 'refusal', m.refusal)
  from command m where m.actor = current_person() and m.route = ${route} and m.idempotency_key = ${key}::uuid)`;

interface Asked {
  taskId: string;
  key: Key;
}

/** `undefined`: nothing that the person may act on; `explainTask` says why. */
export async function lockTask(tx: Tx, personId: string, asked: Asked): Promise<Facts | undefined> {
  const { rows } = await locked(asked).execute(tx);
  return toFacts(rows, personId);
}

/** The same, and what `read` finds behind the lock, in one trip. */
export async function lockTaskAnd<T>(
  tx: Tx,
  personId: string,
  asked: Asked & { read: () => Promise<T> },
): Promise<[Facts | undefined, T]> {
  const [rows, found] = await askBoth(tx, locked(asked), asked.read);
  return [toFacts(rows, personId), found];
}

/** The same without a lock, for whoever only looks. */
export async function lookAtTask(tx: Tx, personId: string, taskId: string): Promise<Facts | undefined> {
  const source = sql`task t join "case" c on c.id = t.case_id where t.id = ${taskId}`;
  const { rows } = await selectFacts({ source, key: { key: null, route: '' }, seen: sql`null` }).execute(tx);
  return toFacts(rows, personId);
}

function locked({ taskId, key }: Asked): RawBuilder<Row> {
  const source = sql`lock_task(${taskId}) l cross join lateral (select (l.c).*) c cross join lateral (select (l.t).*) t`;
  return selectFacts({ source, key, seen: seenJson });
}

interface From {
  source: RawBuilder<unknown>;
  key: Key;
  seen: RawBuilder<unknown>;
}

function selectFacts({ source, key, seen }: From): RawBuilder<Row> {
  return sql<Row>`
    select ${caseJson} as "case", ${currentForm}, ${taskJson} as task, ${grantsJson} as grants, ${priorJson(key)} as prior,
      ${seen} as seen from ${source}`;
}

function toFacts([row]: readonly Row[], personId: string): Facts | undefined {
  return row && { ...factsOf(row, personId), task: row.task, seen: row.seen };
}

export async function lockCase(
  tx: Tx,
  personId: string,
  { caseId, key }: { caseId: string; key: Key },
): Promise<CaseOnly | undefined> {
  const { rows } = await sql<Omit<Row, 'task' | 'seen'>>`
    select ${caseJson} as "case", ${currentForm}, ${grantsJson} as grants, ${priorJson(key)} as prior
    from lock_case(${caseId}) c`.execute(tx);
  const [row] = rows;
  return row && factsOf(row, personId);
}

function factsOf({ case: c, currentForm: version, grants, prior }: Omit<Row, 'task' | 'seen'>, id: string): CaseOnly {
  return { case: c, currentForm: version, person: { id, grants }, prior: toPrior(prior) };
}

/** For acts that lock nothing: what the person's roles allow. */
export async function readDecider(tx: Tx, personId: string): Promise<Decider> {
  const { rows } = await sql<Pick<Row, 'grants'>>`select ${grantsJson} as grants`.execute(tx);
  return { id: personId, grants: rows[0]?.grants ?? [] };
}

/** The same of somebody else. As the engine role. */
export async function readDeciderOf(tx: Tx, personId: string): Promise<Decider> {
  const { rows } = await sql<Pick<Row, 'grants'>>`select ${grantsOf(sql`${personId}::uuid`)} as grants`.execute(tx);
  return { id: personId, grants: rows[0]?.grants ?? [] };
}

/** The same, the command that was given before with the key, and the flow's current version (null: no such flow). */
export async function readStarter(
  tx: Tx,
  { person: id, key }: { person: string; key: Key },
  flow: string,
): Promise<{ person: Decider; prior: PriorCommand | undefined; version: number | null }> {
  const { rows } = await sql<Pick<Row, 'grants' | 'prior'> & { version: number | null }>`
    select ${grantsJson} as grants, ${priorJson(key)} as prior,
      (select w.current_version from flow w where w.key = ${flow}) as version`.execute(tx);
  const [row] = rows;
  return {
    person: { id, grants: row?.grants ?? [] },
    prior: toPrior(row?.prior ?? null),
    version: row?.version ?? null,
  };
}

export async function findPrior(tx: Tx, key: Key): Promise<PriorCommand | undefined> {
  if (key.key === null) return undefined;
  const { rows } = await sql<Pick<Row, 'prior'>>`select ${priorJson(key)} as prior`.execute(tx);
  return toPrior(rows[0]?.prior ?? null);
}

function toPrior(prior: Row['prior']): PriorCommand | undefined {
  return prior === null ? undefined : { ...prior, requestHash: Buffer.from(prior.requestHash, 'hex') };
}
