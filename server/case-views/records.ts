/**
 * Records of a case form outside their case: the same rights as on the case's page. A list may be asked only for what its reader sees,
 * record by record, or its order and its matches would tell the rest.
 */
import { sql, type RawBuilder } from 'kysely';
import { readDecider } from '../commands/facts.ts';
import { mayIn } from '../commands/may-decide.ts';
import type { Db, Tx } from '../db/as.ts';
import type { LoadedForm, Sight } from '../db/records/index.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import { readHeld, rightsOf, startPermissions, stepPermissions, type ReaderRights } from './fields.ts';

export interface CaseOfRecord {
  number: string;
  rights: ReaderRights;
}

interface CaseRow {
  id: string;
  number: string;
  flow: string;
  flow_version: number;
  community_id: string | null;
  initiator: string;
}

/** What the person may see of each of these cases; one that is not theirs to read is not there. */
export async function casesOf(
  db: Db,
  tx: Tx,
  { personId, caseIds }: { personId: string; caseIds: readonly string[] },
): Promise<Map<string, CaseOfRecord>> {
  const { rows } = await sql<CaseRow>`
    select id, number, flow, flow_version, community_id, initiator from "case" where id = any(${caseIds}::uuid[])`.execute(
    tx,
  );
  const reader = await readDecider(tx, personId);
  const held = await readHeld(tx, personId, caseIds);
  const found = new Map<string, CaseOfRecord>();
  for (const row of rows) {
    const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
    const reading = { flow, caseId: row.id, communityId: row.community_id, initiator: row.initiator };
    found.set(row.id, { number: row.number, rights: rightsOf(reader, reading, held.get(row.id) ?? []) });
  }
  return found;
}

/** A step (null: the start) of a flow that the reader has or had in hand in some case. */
interface Involved {
  key: string;
  version: number;
  step: string | null;
}

/** Which fields the person may filter, sort and search by, and in which records (see Sight). */
export async function sightOf(db: Db, tx: Tx, personId: string, form: LoadedForm): Promise<Sight> {
  const reader = await readDecider(tx, personId);
  if (mayIn(reader, 'case.read', null)) return () => true;
  const shows = await Promise.all((await readInvolved(tx, personId, form)).map((each) => withFlow(db, tx, each)));
  const readsAll = form.local === true && (await readsSomewhere(tx));
  return (field) => {
    const showing = shows.filter(({ shows: has }) => has(field)).map(({ involved }) => involved);
    return readsAll || showing.length > 0 ? seenIn(personId, form, showing) : false;
  };
}

async function readsSomewhere(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select may_anywhere('case.read') as may`.execute(tx);
  return rows[0]?.may === true;
}

async function readInvolved(tx: Tx, personId: string, form: LoadedForm): Promise<Involved[]> {
  const { rows } = await sql<Involved>`
    select flow as key, flow_version as version, null as step from "case" where form = ${form.key} and initiator = ${personId}
    union
    select c.flow, c.flow_version, t.step from task t join "case" c on c.id = t.case_id
     where c.form = ${form.key} and (t.holder = ${personId} or t.closed_by = ${personId})`.execute(tx);
  return rows;
}

async function withFlow(
  db: Db,
  tx: Tx,
  involved: Involved,
): Promise<{ involved: Involved; shows: (field: string) => boolean }> {
  const flow: PublishedFlow = await getFlow(db, involved, tx);
  const permissions = involved.step === null ? startPermissions(flow) : stepPermissions(flow, involved.step);
  return { involved, shows: (field) => permissions[field] !== undefined && permissions[field] !== 'hidden' };
}

/** Over `r`, a record of the form: `rightsOf` as SQL. */
function seenIn(personId: string, form: LoadedForm, showing: readonly Involved[]): RawBuilder<unknown> {
  const starts = showing.filter(({ step }) => step === null).map(({ key, version }) => `${key} ${version}`);
  const steps = showing
    .filter(({ step }) => step !== null)
    .map(({ key, version, step }) => `${key} ${version} ${step ?? ''}`);
  const reads = form.local === true ? sql`r.community_id in (select my_communities('case.read')) or ` : sql``;
  return sql`(${reads}exists (select from "case" c where c.id = r.id and (
      (c.initiator = ${personId}::uuid and c.flow || ' ' || c.flow_version = any(${starts}::text[]))
      or exists (select from task t where t.case_id = c.id and (t.holder = ${personId}::uuid or t.closed_by = ${personId}::uuid)
                 and c.flow || ' ' || c.flow_version || ' ' || t.step = any(${steps}::text[])))))`;
}
