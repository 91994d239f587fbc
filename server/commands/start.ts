/**
 * Starting a case is a command too (protocol.md rule 10): tx1 writes record, number, case and command; whatever can be refused is
 * refused here. The only way to start a case, for people and for the program (which names the id).
 */
import { sql } from 'kysely';
import { withoutComputed } from '../../forms/computed.ts';
import { validateAct } from '../../forms/validate.ts';
import type { Values } from '../../forms/types.ts';
import type { Choices } from '../../workflows/engine/types.ts';
import type { Tx } from '../db/as.ts';
import { withNext } from '../db/pipelining-client.ts';
import { insertRecord, type InsertedRecord } from '../db/records/insert.ts';
import { communityZone } from '../db/records/numbers.ts';
import { withProblems } from '../db/records/problem.ts';
import type { WorkingTimesByKey } from '../../workflows/engine/calendar/working-times.ts';
import { getWorkingTimes } from '../definitions/calendars.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { permissionsOf } from './access.ts';
import { standingOfStart } from './apply/standing.ts';
import { readyChoices } from './choices.ts';
import { readStarter, type CaseFacts } from './facts.ts';
import { give, type Given, type Ticket } from './give.ts';
import { insertFirstCommand } from './insert.ts';
import { toJob } from './load-job.ts';
import type { Decider } from './may-decide.ts';
import { readyStart } from './prepare/acts.ts';
import { renderCase } from './render.ts';
import { withRowIds } from './row-ids.ts';
import { limitStarts } from './start-limit.ts';
import { chooseCommunity, mayStart } from './starters.ts';
import type { Intention, Prepared } from './types.ts';
import { uuidv7 } from './uuid.ts';

export interface StartAct {
  flow: string;
  fields: Values;
  /** Where the record does not say it; null: the person's only one. */
  communityId: string | null;
  /** Whom the initiator chose, by step. */
  choices?: Choices;
  /** Deterministic, for starts by the program; a person's start gets a new one. */
  caseId?: string;
  /** Another case waits for it. */
  called?: boolean;
}

/** @throws AppError not_found, forbidden, invalid_fields */
export function startCase(deps: Deps, intention: Intention, act: StartAct): Promise<Given> {
  return give(deps, intention, async (tx) => {
    const { person, prior, version } = await readStarter(tx, intention, act.flow);
    if (prior !== undefined) return { prior };
    if (version === null) throw new AppError('not_found', 404);
    const flow = await getFlow(deps.db, { key: act.flow, version }, tx);
    return withProblems(flow.form, () => ticket(tx, { intention, person, flow, act }));
  });
}

interface Wanted {
  intention: Intention;
  person: Decider;
  flow: PublishedFlow;
  act: StartAct;
}

async function ticket(tx: Tx, { intention, person, flow, act }: Wanted): Promise<Ticket> {
  const isAutomatic = intention.isAutomatic === true;
  if (!isAutomatic && !(await mayStart(tx, flow, person, null)))
    throw new AppError('forbidden', 403, { flow: flow.key });
  // What the program starts names the case: it is nobody's flood.
  if (act.caseId === undefined) limitStarts(person);
  const { record, facts, zone, title } = await insertCase(tx, { flow, person, act, isAutomatic });
  const choices = await readyChoices(
    tx,
    { flow, chooser: person.id, communityId: record.communityId, by: null },
    act.choices,
  );
  const prepared: Prepared = {
    id: uuidv7(),
    person,
    case: facts,
    kind: 'start',
    task: null,
    args: {
      community: record.communityId,
      initiator: person.id,
      zone,
      choices,
      confirmsPeople: true,
      ...(act.called && { called: true }),
      ...(await calendarsFor(tx, flow)),
    },
    patch: withoutComputed(flow.form.fields, record.fields),
    comment: null,
    readRev: null,
    deviceAt: null,
  };
  const { n, lowestPending, stamp } = await insertFirstCommand(tx, prepared, intention);
  const row = { ...prepared, n, actor: person.id, task: null };
  const job = toJob(row, flow, { caseId: facts.id, lowestPending, acked: 0 });
  const standing = standingOfStart(prepared, title, stamp);
  return { job: { ...job, standing }, person: { decider: person, communityId: record.communityId } };
}

/** What the engine reckons with comes with the command, so that the log is whole in itself. */
async function calendarsFor(tx: Tx, { calendars }: PublishedFlow): Promise<{ calendars?: WorkingTimesByKey }> {
  return calendars.size === 0 ? {} : { calendars: await getWorkingTimes(tx, calendars) };
}

interface Starting {
  flow: PublishedFlow;
  person: Decider;
  act: StartAct;
  isAutomatic: boolean;
}

async function insertCase(
  tx: Tx,
  { flow, person, act, isAutomatic }: Starting,
): Promise<{ record: InsertedRecord; facts: CaseFacts; zone: string; title: string }> {
  const { form, definition } = flow;
  const own = { permissions: permissionsOf(form, definition.start.fields), fields: act.fields };
  const { fields, permissions, set } = await readyStart(tx, {
    flow,
    person,
    communityId: act.communityId,
    isAutomatic,
    ...own,
  });
  const problems = validateAct(form, { patch: fields, permissions });
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
  const id = act.caseId ?? uuidv7();
  const communityId = isAutomatic
    ? act.communityId
    : await chooseCommunity(tx, flow, { person, fields, asked: act.communityId });
  const given = { id, communityId, fields: withRowIds(form, fields) };
  const record = await insertRecord(tx, form, { ...given, by: person.id, checked: set, withNext: true });
  const place = { communityId: record.communityId, fields: record.fields };
  if (!isAutomatic && !(await mayStart(tx, flow, person, place))) {
    throw new AppError('forbidden', 403, { flow: flow.key });
  }
  const { title, summary } = await renderCase(tx, flow, record.fields);
  const number = numberOf(flow, record);
  const zone = record.zone ?? (await communityZone(tx, record.communityId));
  await sql`
    insert into "case" (id, number, flow, flow_version, form, form_version, community_id, initiator, title, summary, status, last_n,
      started_at)
    values (${id}, ${number}, ${flow.key}, ${flow.version}, ${form.key}, ${form.version}, ${record.communityId}, ${person.id}, ${title},
      ${JSON.stringify(summary)}::jsonb, 'starting', 1, date_trunc('milliseconds', now())) ${withNext}`.execute(tx);
  const facts: CaseFacts = {
    id,
    number,
    flow: flow.key,
    flowVersion: flow.version,
    form: form.key,
    formVersion: form.version,
    communityId: record.communityId,
    initiator: person.id,
    status: 'starting',
    appliedRev: 0,
    fieldRevs: {},
  };
  return { record, facts, zone, title };
}

/** The record's own number; a form without one gets a number nobody has to say on the phone. */
function numberOf({ form, key }: PublishedFlow, { id, fields }: InsertedRecord): string {
  const field = form.fields.find(({ kind }) => kind === 'autoNumber');
  const number = field === undefined ? undefined : fields[field.name];
  return typeof number === 'string' ? number : `${key.toUpperCase()}-${id.slice(-12)}`;
}
