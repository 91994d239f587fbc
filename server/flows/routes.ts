/** Flows a person can start, what starting one asks, and starting it. */
import { Type, type Static } from 'typebox';
import { findCaseRow, toCaseItem } from '../case-views/case-items.ts';
import { toFormDefinition } from '../case-views/fields.ts';
import { selectTaskItems, toTaskItems, type TaskItemRow } from '../case-views/task-items.ts';
import { CaseStarted, StartBody } from '../cases/schemas.ts';
import { choiceItems } from '../case-views/choices.ts';
import { permissionsOf } from '../commands/access.ts';
import { readDecider } from '../commands/facts.ts';
import type { Given } from '../commands/give.ts';
import { intentionOf } from '../commands/intention.ts';
import { tryStart } from '../commands/prepare/dry-run.ts';
import { startCase } from '../commands/start.ts';
import { mayStart } from '../commands/starters.ts';
import { sql } from 'kysely';
import { asPerson, type Tx } from '../db/as.ts';
import { getCurrentFlow, getFlow, type PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { CommandHeaders, problems, type App, type Person } from '../http.ts';
import { languageOf, type Asking } from '../language.ts';
import { trialRate } from '../security/rates.ts';
import { PrepareAnswer } from '../tasks/schemas.ts';
import { FlowList, FlowStart } from './schemas.ts';

const tags = ['Flows'];
const FlowQuery = Type.Object({
  startable: Type.Optional(Type.Boolean({ description: 'Only those the asking person may start.' })),
});
const FlowParams = Type.Object({ key: Type.String({ maxLength: 40 }) });

export function flowRoutes(app: App): void {
  prepareRoute(app);
  app.get(
    '/api/flows',
    {
      schema: {
        tags,
        summary: 'Flows',
        querystring: FlowQuery,
        response: { 200: FlowList, ...problems(401) },
      },
    },
    (request) =>
      asPerson(app.deps.db, request.person.id, async (tx) => ({
        items: await listFlows(app, tx, request.person, request.query.startable === true),
      })),
  );
  app.get(
    '/api/flows/:key/start',
    {
      schema: {
        tags,
        summary: 'What starting a flow asks',
        params: FlowParams,
        response: { 200: FlowStart, ...problems(401, 403, 404) },
      },
    },
    (request) => readStart(app, request.person, request.params.key),
  );
  app.post(
    '/api/flows/:key/cases',
    {
      schema: {
        tags,
        summary: 'Start a case',
        params: FlowParams,
        headers: CommandHeaders,
        body: StartBody,
        response: { 201: CaseStarted, 202: CaseStarted, ...problems(401, 403, 404, 409, 422, 429) },
      },
    },
    async (request, reply) => {
      const { fields, communityId = null, choices = {} } = request.body;
      const { key: flow } = request.params;
      const given = await startCase(app.deps, intentionOf(request), { flow, fields, communityId, choices });
      return reply.code(given.state === 'done' ? 201 : 202).send(await toStarted(app, request, given));
    },
  );
}

function prepareRoute(app: App): void {
  app.post(
    '/api/flows/:key/prepare',
    {
      schema: {
        tags,
        summary: 'What starting a case would come to',
        description:
          'Looks up what the flow looks up, and says which fields the start fills and what refuses it. Nothing is written.',
        params: FlowParams,
        body: StartBody,
        response: { 200: PrepareAnswer, ...problems(401, 403, 404, 422, 429) },
      },
      config: { rateLimit: trialRate },
    },
    (request) => {
      const { fields, communityId = null } = request.body;
      return tryStart(app.deps, { person: request.person.id, flow: request.params.key, fields, communityId });
    },
  );
}

async function listFlows(
  app: App,
  tx: Tx,
  { id }: Person,
  onlyStartable: boolean,
): Promise<Static<typeof FlowList>['items']> {
  const rows = await tx.selectFrom('flow').select(['key', 'current_version as version']).orderBy('key').execute();
  const reader = await readDecider(tx, id);
  const items: Static<typeof FlowList>['items'] = [];
  for (const row of rows) {
    const flow = await getFlow(app.deps.db, row, tx);
    const startable = await mayStart(tx, flow, reader, null);
    if (startable || !onlyStartable) items.push(toFlowItem(flow, startable));
  }
  return items;
}

function toFlowItem(
  { key, version, definition }: PublishedFlow,
  startable: boolean,
): Static<typeof FlowList>['items'][number] {
  const { title, description = null, icon = null, form } = definition;
  return { key, title, description, icon, version, form, startable };
}

/** @throws AppError not_found, forbidden */
async function readStart(app: App, { id }: Person, key: string): Promise<Static<typeof FlowStart>> {
  const flow = await getCurrentFlow(app.deps.db, key);
  const startable = await asPerson(app.deps.db, id, async (tx) => mayStart(tx, flow, await readDecider(tx, id), null));
  if (!startable) throw new AppError('forbidden', 403, { flow: key });
  const { start } = flow.definition;
  return {
    flow: toFlowItem(flow, true),
    form: toFormDefinition(flow.form),
    permissions: permissionsOf(flow.form, start.fields),
    guide: start.guide ?? null,
    label: start.label ?? null,
    prepares: start.prepare !== undefined,
    choices: choiceItems(flow, null),
  };
}

/** The new case and the tasks of it that the starter may see. */
function toStarted(app: App, request: Asking, { command, state, caseId }: Given): Promise<Static<typeof CaseStarted>> {
  const { db, config } = app.deps;
  return asPerson(db, request.person.id, async (tx) => {
    const row = await findCaseRow(tx, caseId);
    if (row === undefined) throw new AppError('not_found', 404);
    const flow = await getFlow(db, { key: row.flow, version: row.flow_version }, tx);
    const { rows } =
      await sql<TaskItemRow>`${selectTaskItems} where t.case_id = ${caseId} and t.state in ('open', 'completing')`.execute(
        tx,
      );
    const language = languageOf(request, config.locale);
    const tasks = await toTaskItems(db, tx, rows, language);
    return { command, state, case: toCaseItem(row, flow, language), tasks };
  });
}
