/**
 * The read-only activity `resolvePeople`: answers people rules that read the organisation, with what explains the answer as ids and
 * keys (protocol.md rule 17). Rules that the engine decides alone never come here.
 */
import { ApplicationFailure } from '@temporalio/common';
import { sql, type RawBuilder } from 'kysely';
import type { Assign } from '../../workflows/engine/flow.gen.ts';
import type { Json, ResolvedPeople } from '../../workflows/engine/types.ts';
import type { ResolveRequest } from '../../workflows/activities.ts';
import { asEngine, type Tx } from '../db/as.ts';
import { loadForm } from '../db/records/form-store.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { standIns } from './stand-ins.ts';

export function resolvePeople({ db }: Pick<Deps, 'db'>, request: ResolveRequest): Promise<ResolvedPeople> {
  return asEngine(db, (tx) => resolveWithin(tx, request));
}

/** For whoever asks ahead: the moment for which it is asked, the present by default, and the flow of a case that does not exist. */
export interface Ahead {
  at?: Date;
  flow?: string;
}

/**
 * As the engine role.
 * @throws ApplicationFailure for a rule that is the engine's
 */
export async function resolveWithin(
  tx: Tx,
  request: ResolveRequest,
  { at, flow }: Ahead = {},
): Promise<ResolvedPeople> {
  const { assign, initiator, never = [], substitutes = true } = request;
  const answered = await answerRule(tx, request, at);
  const asked = await withoutInitiator(tx, answered, request);
  const place = { flow: flow ?? (await flowOf(tx, request.caseId)), community: request.community, initiator, never };
  const stood = await standIns(tx, asked.persons, { place, substitutes, at });
  const { substitutions, absent } = stood;
  const explanation = {
    ...asked.explanation,
    rule: assign.rule,
    ...(substitutions.length > 0 && { substitutions }),
    ...(absent.length > 0 && { absent }),
  };
  return { persons: stood.persons, explanation };
}

async function flowOf(tx: Tx, caseId: string): Promise<string> {
  const row = await tx.selectFrom('case').select('flow').where('id', '=', caseId).executeTakeFirst();
  return row?.flow ?? '';
}

/** Where the flow says so, instead of the initiator the head of their department. */
async function withoutInitiator(
  tx: Tx,
  { persons, explanation }: ResolvedPeople,
  { initiator, headForInitiator = false }: ResolveRequest,
): Promise<ResolvedPeople> {
  if (!headForInitiator || !persons.includes(initiator)) return { persons, explanation };
  const heads = (await headsAbove(tx, initiator)).slice(0, 1).map(({ id }) => id);
  const policies = [{ policy: 'whenInitiatorHead', persons: [initiator] }];
  return {
    persons: persons.flatMap((person) => (person === initiator ? heads : [person])),
    explanation: { ...explanation, policies },
  };
}

/** What the engine named itself is only confirmed. */
async function answerRule(tx: Tx, request: ResolveRequest, at: Date | undefined): Promise<ResolvedPeople> {
  const { assign, community, given = null } = request;
  if (given === null) return lookUp(tx, request, at);
  if (assign.rule !== 'expression') return answer(assign, inputsOf(assign), given);
  return answer(assign, { named: given }, await named(tx, given, community));
}

async function lookUp(tx: Tx, request: ResolveRequest, at: Date | undefined): Promise<ResolvedPeople> {
  const { assign, community } = request;
  switch (assign.rule) {
    case 'persons':
      return answer(assign, {}, await namedPersons(tx, assign.persons));
    case 'post':
      return answer(assign, { post: assign.post, community }, await postHolders(tx, assign.post, community));
    case 'departmentHead':
      return departmentHead(tx, assign, request);
    case 'consecutiveLevels':
      return consecutiveLevels(tx, assign, request);
    case 'role':
    case 'leastLoaded':
    case 'roundRobin':
    case 'onDuty':
      return resolveRole(tx, assign, { community, at });
    default:
      throw ApplicationFailure.nonRetryable(`${assign.rule} is decided by the engine`, 'rule_not_resolvable');
  }
}

function inputsOf(assign: Assign): Record<string, Json> {
  if (assign.rule === 'field') return { field: assign.field };
  return assign.rule === 'previous' ? { step: assign.step ?? null } : {};
}

/** What an expression named: ids of persons, `role:<key>`, `post:<code>`. Whoever is unknown is nobody. */
async function named(tx: Tx, names: readonly string[], community: string | null): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const [kind, key] = [name.slice(0, 5), name.slice(5)];
    if (kind === 'role:') found.push(...(await holders(tx, key, community)));
    else if (kind === 'post:') found.push(...(await postHolders(tx, key, community)));
    else if (isUuid(name)) found.push(...(await namedPersons(tx, [name])));
  }
  return found;
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

type OfRole = Extract<Assign, { rule: 'role' | 'leastLoaded' | 'roundRobin' | 'onDuty' }>;

/** Where, and for which moment. */
interface Moment {
  community: string | null;
  at: Date | undefined;
}

/** All who hold a role, or one of them. */
async function resolveRole(tx: Tx, assign: OfRole, { community, at }: Moment): Promise<ResolvedPeople> {
  const inputs = { role: assign.role, community };
  switch (assign.rule) {
    case 'role':
      return answer(assign, inputs, await holders(tx, assign.role, community));
    case 'leastLoaded':
      return leastLoaded(tx, assign, community);
    case 'roundRobin':
      return answer(assign, inputs, await longestWithout(tx, holdersOf(assign.role, community)));
    case 'onDuty':
      return onDuty(tx, assign, { community, at });
    default:
      return assign;
  }
}

function namedPersons(tx: Tx, persons: readonly string[]): Promise<string[]> {
  return ids(
    tx,
    sql`select p.id from unnest(${persons}::uuid[]) with ordinality as x (id, n) join person p on p.id = x.id order by x.n`,
  );
}

/** What one step may ask: each is a task, and all of them travel in one message. */
const mostPersons = 1000;

/** @throws ApplicationFailure people_too_many: a pool asks as many with one task */
function answer(assign: Assign, inputs: Record<string, Json>, persons: string[]): ResolvedPeople {
  if (persons.length > mostPersons)
    throw ApplicationFailure.nonRetryable(`${persons.length} persons`, 'people_too_many');
  return { persons, explanation: { rule: assign.rule, inputs } };
}

async function ids(tx: Tx, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(tx);
  return rows.map(({ id }) => id);
}

function holders(tx: Tx, role: string, community: string | null): Promise<string[]> {
  return ids(
    tx,
    sql`select distinct p.id from role_grant g join person p on p.id = g.person_id
      where g.role = ${role} and (g.community_id is null or g.community_id = ${community}::uuid) and p.disabled_at is null order by p.id`,
  );
}

/** SQL over `p`: who holds the role in the community and can sign in. */
function holdersOf(role: string, community: string | null): RawBuilder<unknown> {
  return sql`p.disabled_at is null and exists (select from role_grant g where g.person_id = p.id and g.role = ${role}
    and (g.community_id is null or g.community_id = ${community}::uuid))`;
}

/** In turns without a counter: of those, whose last task is oldest (rule 17); then by id, so that two workers answer the same. */
function longestWithout(tx: Tx, who: RawBuilder<unknown>): Promise<string[]> {
  return ids(
    tx,
    sql`select p.id from person p where ${who}
      order by (select max(t.opened_at) from task t where t.holder = p.id) nulls first, p.id limit 1`,
  );
}

/** By the roster (form type `duty`) of the community, or of the company where the case has none. Without a roster nobody is on duty. */
async function onDuty(
  tx: Tx,
  assign: Extract<Assign, { rule: 'onDuty' }>,
  { community, at }: Moment,
): Promise<ResolvedPeople> {
  const inputs = { role: assign.role, community };
  const roster = await findRoster(tx);
  if (roster === undefined) return answer(assign, inputs, []);
  const { table, column } = roster;
  const isHere = column.community === null ? sql`true` : sql`d.${sql.id(column.community)} = ${community}::uuid`;
  const moment = at === undefined ? sql`now()` : sql`${at}::timestamptz`;
  const isNow = sql`exists (select from ${sql.id('record', table)} d where d.deleted_at is null and d.${sql.id(column.person)} = p.id
    and d.${sql.id(column.role)} = ${assign.role} and (${community}::uuid is null or ${isHere})
    and d.${sql.id(column.from)} <= ${moment} and (d.${sql.id(column.to)} is null or d.${sql.id(column.to)} > ${moment}))`;
  return answer(assign, inputs, await longestWithout(tx, sql`${holdersOf(assign.role, community)} and ${isNow}`));
}

interface Roster {
  table: string;
  column: { person: string; role: string; from: string; to: string; community: string | null };
}

/** Undefined: no such form type, or one without these fields. */
async function findRoster(tx: Tx): Promise<Roster | undefined> {
  const form = await loadForm(tx, 'duty').catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  const [person, role, from, to] = ['person', 'role', 'from', 'to'].map(
    (name) => form?.byName.get(name)?.columns[0]?.name,
  );
  if (form === undefined || person === undefined || role === undefined || from === undefined || to === undefined)
    return undefined;
  const community = form.local === true ? 'community_id' : (form.byName.get('community')?.columns[0]?.name ?? null);
  return { table: form.table, column: { person, role, from, to, community } };
}

/** Fewest open tasks; ties go to whose last task is oldest (rule 17), then to the id, so that two workers answer the same. */
async function leastLoaded(
  tx: Tx,
  assign: Extract<Assign, { rule: 'leastLoaded' }>,
  community: string | null,
): Promise<ResolvedPeople> {
  const { rows } = await sql<{ id: string; open: number }>`
    select p.id, (select count(*)::int from task t where t.holder = p.id and t.state in ('open', 'completing')) as open
    from person p where ${holdersOf(assign.role, community)}
    order by open, (select max(t.opened_at) from task t where t.holder = p.id) nulls first, p.id limit 1`.execute(tx);
  const [first] = rows;
  const inputs = { role: assign.role, community, open: first?.open ?? null };
  return answer(assign, inputs, first === undefined ? [] : [first.id]);
}

/** Employees on a post of the community with that code, who can sign in. */
function postHolders(tx: Tx, post: string, community: string | null): Promise<string[]> {
  return ids(
    tx,
    sql`select distinct p.id from record.post o join record.employee e on e.post = o.id and e.deleted_at is null
      join person p on p.employee_id = e.id and p.disabled_at is null
      where o.code = ${post} and o.deleted_at is null and (${community}::uuid is null or e.community is null or e.community = ${community}::uuid)
      order by p.id`,
  );
}

type Relative = Extract<Assign, { rule: 'departmentHead' | 'consecutiveLevels' }>;

function startOf({ of }: Relative, { previous, initiator }: ResolveRequest): string | null {
  return of === 'previous' ? previous : initiator;
}

/** The head of the person's department, or of the one so many levels up. Whoever heads a department asks one level higher. */
async function departmentHead(
  tx: Tx,
  assign: Extract<Assign, { rule: 'departmentHead' }>,
  request: ResolveRequest,
): Promise<ResolvedPeople> {
  const of = startOf(assign, request);
  const levels = assign.levels ?? 1;
  const head = (await headsAbove(tx, of))[levels - 1];
  return answer(assign, { of, levels, department: head?.department ?? null }, head === undefined ? [] : [head.id]);
}

/** The heads on the way up, nearest first, until so many or until one who holds the post or role. */
async function consecutiveLevels(
  tx: Tx,
  assign: Extract<Assign, { rule: 'consecutiveLevels' }>,
  request: ResolveRequest,
): Promise<ResolvedPeople> {
  const of = startOf(assign, request);
  const { levels = 9, upTo } = assign;
  const above = (await headsAbove(tx, of)).slice(0, levels);
  const last = upTo === undefined ? [] : await holdersOfLast(tx, upTo, request.community);
  const end = above.findIndex(({ id }) => last.includes(id));
  const asked = end < 0 ? above : above.slice(0, end + 1);
  const inputs = { of, levels, ...upTo, departments: asked.map(({ department }) => department) };
  return answer(
    assign,
    inputs,
    asked.map(({ id }) => id),
  );
}

function holdersOfLast(tx: Tx, upTo: { post: string } | { role: string }, community: string | null): Promise<string[]> {
  return 'post' in upTo ? postHolders(tx, upTo.post, community) : holders(tx, upTo.role, community);
}

interface Head {
  id: string;
  department: string;
}

/** Heads of the departments from the person's own up, without themselves. */
async function headsAbove(tx: Tx, of: string | null): Promise<Head[]> {
  const { rows } = await sql<Head>`
    with recursive up as (
      select d.id, d.parent, d.head, 1 as level, array[d.id] as seen
      from person p join record.employee e on e.id = p.employee_id join record.department d on d.id = e.department
      where p.id = ${of}::uuid and d.deleted_at is null
      union all
      select d.id, d.parent, d.head, up.level + 1, up.seen || d.id from up join record.department d on d.id = up.parent
      where d.deleted_at is null and d.id <> all (up.seen))
    select p.id, up.id as department from up join person p on p.employee_id = up.head
    where up.head is not null and p.id is distinct from ${of}::uuid order by up.level`.execute(tx);
  return rows;
}
