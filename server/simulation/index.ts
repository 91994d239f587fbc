/**
 * Dry runs: a flow played by the engine itself on a virtual clock, over the organisation and the records as one read-only transaction sees
 * them. Nothing is written, nobody is told, no activity runs (ux.md thread 12); what would have happened is listed.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Static } from 'typebox';
import { dryRun, type Account, type Answer, type Plan } from '../../workflows/engine/dry-run/index.ts';
import { compile } from '../../workflows/engine/compile.ts';
import type { Values } from '../../forms/types.ts';
import { findCaseRow } from '../case-views/case-items.ts';
import type { Language } from '../case-views/task-items.ts';
import { readCaseState } from '../commands/case-state.ts';
import { readDeciderOf } from '../commands/facts.ts';
import { renderCase } from '../commands/render.ts';
import { mayStart } from '../commands/starters.ts';
import { asSnapshot, withEngine, type Tx } from '../db/as.ts';
import { communityOf } from '../db/records/insert.ts';
import { recordLabels } from '../db/records/labels.ts';
import { communityZone, numberLike } from '../db/records/numbers.ts';
import { readWorkingTimes } from '../definitions/calendars.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { assertMay } from '../security/may.ts';
import { findFlowToPlay } from './flow.ts';
import { actsOf, choicesOf, LIMITS, limitsOf, refuseMisfits } from './plan.ts';
import type { Forecast, SimulateBody, Simulation } from './schemas.ts';
import { tell, wordsFor } from './tell.ts';
import { World } from './world.ts';
import { durationMs } from '../../workflows/engine/duration.ts';

interface Asked {
  person: string;
  language: Language;
  key: string;
  body: Static<typeof SimulateBody>;
}

/** @throws AppError forbidden, not_found, invalid_flow, invalid_request, invalid_fields, prepare_failed */
export function simulateFlow({ db }: Pick<Deps, 'db'>, asked: Asked): Promise<Static<typeof Simulation>> {
  return asSnapshot(db, asked.person, async (tx) => {
    await assertMay(tx, 'flow.publish');
    const { key, body, language } = asked;
    const { flow, version } = await findFlowToPlay(tx, { key, definition: body.definition, version: body.version });
    await refuseMisfits(tx, flow, body);
    const { world, plan } = await prepare(tx, flow, asked);
    const account = await play(flow, plan, world);
    const words = await wordsFor(tx, flow, account);
    const { fields, warnings } = world;
    const { title } = await renderCase(tx, flow, fields);
    return {
      flow: { key, title: flow.definition.title, version },
      title,
      warnings: warnings.map(({ code, step, field }) => ({ code, step: words.stepOrNull(step), field })),
      ...tell(account, words, language),
      fields,
      labels: await recordLabels(tx, flow.form, fields),
    };
  });
}

async function prepare(tx: Tx, flow: PublishedFlow, { person, body }: Asked): Promise<{ world: World; plan: Plan }> {
  const { fields = {}, communityId: asked = null, initiator = person, activities: outputs = {} } = body;
  const at = body.at === undefined ? Date.now() : Date.parse(body.at);
  const community = await withEngine(tx, () => communityOf(tx, flow.form, { communityId: asked, fields }));
  const zone = await communityZone(tx, community);
  const { number, numbers } = numbersOf(flow, new Date(at), zone);
  const world = new World(tx, { flow, communityId: community, number, outputs }, numbers);
  const calendars = await withEngine(tx, () => readWorkingTimes(tx, flow.calendars));
  const vars = await world.begin(fields, initiator, at);
  if (!(await mayTheyStart(tx, flow, { initiator, asker: person, community, fields })))
    world.warn({ code: 'initiator_may_not_start', step: null, field: null });
  const plan: Plan = {
    from: { initiator, community, zone, vars, calendars },
    at,
    acts: actsOf(body),
    automatic: body.automatic ?? true,
    paceMs: body.pace === undefined ? 0 : durationMs(body.pace),
    choices: choicesOf(body),
    chosen: body.chosen ?? {},
    limits: limitsOf(body),
  };
  return { world, plan };
}

/** What a number would look like: none is given out. */
function numbersOf({ form, key }: PublishedFlow, now: Date, zone: string): { number: string; numbers: Values } {
  const numbered = form.fields.filter(({ kind }) => kind === 'autoNumber');
  const numbers = Object.fromEntries(numbered.map((field) => [field.name, numberLike(field, { now, zone })]));
  return { number: Object.values(numbers)[0] ?? `${key.toUpperCase()}-0`, numbers };
}

interface Starter {
  initiator: string;
  asker: string;
  community: string | null;
  fields: Values;
}

/** Whose units are asked for is the transaction's person: the initiator for this one question. */
async function mayTheyStart(
  tx: Tx,
  flow: PublishedFlow,
  { initiator, asker, community, fields }: Starter,
): Promise<boolean> {
  const decider = await withEngine(tx, () => readDeciderOf(tx, initiator));
  await sql`select set_config('guanjia.person', ${initiator}, true)`.execute(tx);
  const may = await mayStart(tx, flow, decider, { communityId: community, fields });
  await sql`select set_config('guanjia.person', ${asker}, true)`.execute(tx);
  return may;
}

/** Plays in turns, so that a long run stops nobody else's request. */
async function play(flow: PublishedFlow, plan: Plan, world: World): Promise<Account> {
  const run = dryRun(compile(flow.loaded), plan);
  let turn = run.next();
  for (let asked = 1; !turn.done; asked += 1) {
    const answer: Answer = await world.answer(turn.value);
    if (asked % 20 === 0) await breathe();
    turn = run.next(answer);
  }
  return turn.value;
}

// ---------------------------------------------------------------------------------------------- a live case

/**
 * Who comes next in a case as it stands, were everybody to go the first way on: the engine's own word, inside parallel branches too (ux.md
 * thread 11). Tells no more of the record than where the case goes. @throws AppError not_found
 */
export function forecastCase(
  { db }: Pick<Deps, 'db'>,
  caseId: string,
  person: string,
): Promise<Static<typeof Forecast>> {
  return asSnapshot(db, person, async (tx) => {
    const row = await findCaseRow(tx, caseId);
    if (row === undefined) throw new AppError('not_found', 404);
    const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
    const { state } = await withEngine(tx, () => readCaseState(tx, flow, caseId));
    const open = new Set(state.tasks.map(({ id }) => id));
    const world = new World(tx, { flow, communityId: row.community_id, number: row.number, outputs: {} });
    const from = { acts: [], automatic: true, paceMs: 0, choices: new Map<string, never>(), chosen: {} };
    const limits = { ...LIMITS, events: 300, decisions: 100 };
    const account = await play(flow, { ...from, from: { state }, at: Date.now(), limits }, world);
    const words = await wordsFor(tx, flow, account);
    return {
      end: account.end.why,
      outcome: 'outcome' in account.end ? account.end.outcome : null,
      tasks: account.tasks.map(({ task, step, holders }) => {
        const last = open.has(task) ? holders[0] : holders.at(-1);
        const holder = { person: words.person(last?.assignee ?? null), pool: words.pool(last?.pool ?? null) };
        return { step: words.step(step), open: open.has(task), ...holder };
      }),
    };
  });
}
