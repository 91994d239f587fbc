/** Flows as BPMN 2.0: a file taken over as a draft, a flow given as a file, for who holds flow.publish. */
import { Type, type Static } from 'typebox';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { decode } from '../../workflows/bpmn/encoding.ts';
import { Refused, type ImportRefusal } from '../../workflows/bpmn/refusal.ts';
import { asPerson, type Tx } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { problems, type App } from '../http.ts';
import { aMinute } from '../security/rates.ts';
import { assertMay } from '../security/may.ts';
import { createBpmnExchange, type BpmnExchange, type ReadFlow } from './bpmn-exchange.ts';
import { findFlowVersions, getFlowDraft, getFlowVersion, keepFlowDraft } from './definitions.ts';
import { FlowDraft } from './schemas.ts';
import { readDraft } from './told.ts';

const tags = ['Flows'];
const params = Type.Object({ key: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }) });
const XML = ['application/xml', 'text/xml', 'application/bpmn+xml'];
/** Bytes; in Chinese three to a character. */
const mostBytes = 6_000_000;

/** In a scope of their own: only here is a body XML. */
export function flowBpmnRoutes(app: App): void {
  const exchange = createBpmnExchange();
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser(XML, { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, parsed) => {
      try {
        parsed(null, decode(body as Buffer));
      } catch (error) {
        parsed(error instanceof Refused ? refused([reasonOf(error)]) : (error as Error));
      }
    });
    importRoute(scope, exchange);
    exportRoute(scope, exchange);
    done();
  });
}

const ImportQuery = Type.Object({
  process: Type.Optional(
    Type.String({ maxLength: 200, description: 'Id of the process, where the file holds several.' }),
  ),
  form: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        'Key of its form type. Default: what the file names, if there is one; else that of the published version.',
    }),
  ),
});

function importRoute(app: App, exchange: BpmnExchange): void {
  app.put(
    '/api/flows/:key/bpmn',
    {
      schema: {
        tags,
        summary: 'Keep a BPMN 2.0 file as the draft',
        description:
          'The process becomes the draft of the next version, of a new flow too, with the problems that keep it from being published. What cannot be said in a flow is refused with the element and its line, and nothing is kept.',
        consumes: XML,
        params,
        querystring: ImportQuery,
        body: Type.String({ description: 'The file.' }),
        response: { 200: FlowDraft, ...problems(401, 403, 413, 422, 429) },
      },
      bodyLimit: mostBytes,
      config: { rateLimit: aMinute(30) },
    },
    async (request): Promise<Static<typeof FlowDraft>> => {
      const { id: by } = request.person;
      const { key } = request.params;
      await asPerson(app.deps.db, by, (tx) => assertMay(tx, 'flow.publish'));
      const imported = await readFile(exchange, request.body, request.query.process);
      return asPerson(app.deps.db, by, async (tx) => {
        await assertMay(tx, 'flow.publish');
        const form = request.query.form ?? (await knownForm(tx, imported.flow)) ?? (await currentForm(tx, key)) ?? key;
        await keepFlowDraft(tx, { key, definition: { ...imported.flow, key, form }, by });
        return readDraft(app, request, tx, key);
      });
    },
  );
}

/** @throws AppError bpmn_refused with each element that cannot be taken over */
async function readFile(exchange: BpmnExchange, xml: string, process: string | undefined): Promise<ReadFlow> {
  const result = await exchange.read(xml);
  if (!result.ok) throw refused(result.refusals);
  const found = process === undefined ? only(result.flows) : result.flows.find((flow) => flow.process === process);
  if (found) return found;
  const names = result.flows.map((flow) => flow.process).join(', ');
  const code = process === undefined ? 'process_missing' : 'process_unknown';
  throw new AppError('bpmn_refused', 422, {}, [{ path: '/', code, params: { process: process ?? '', found: names } }]);
}

function refused(refusals: ImportRefusal[]): AppError {
  const errors = refusals.map(({ code, element, line, reason }) => ({
    path: element === null ? '/' : `/${element}`,
    code,
    params: { element: element ?? '', line: line ?? '–', detail: reason },
  }));
  return new AppError('bpmn_refused', 422, {}, errors);
}

function reasonOf({ code, element, line, message }: Refused): ImportRefusal {
  return { code, element, line, reason: message };
}

function only(flows: ReadFlow[]): ReadFlow | undefined {
  return flows.length === 1 ? flows[0] : undefined;
}

/** The form that the file names, where there is one of that key. */
async function knownForm(tx: Tx, { form }: Flow): Promise<string | undefined> {
  const row = await tx.selectFrom('form_type').select('key').where('key', '=', form).executeTakeFirst();
  return row?.key;
}

async function currentForm(tx: Tx, key: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('flow as f')
    .innerJoin('flow_version as v', (join) =>
      join.onRef('v.flow', '=', 'f.key').onRef('v.version', '=', 'f.current_version'),
    )
    .select('v.definition')
    .where('f.key', '=', key)
    .executeTakeFirst();
  return row?.definition.form;
}

const ExportQuery = Type.Object({
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Default: the current one.' })),
  draft: Type.Optional(Type.Boolean({ description: 'The draft of the next version instead.' })),
  language: Type.Optional(
    Type.Union([Type.Literal('zh-CN'), Type.Literal('en')], { description: 'Of the names. Default: zh-CN.' }),
  ),
});

function exportRoute(app: App, exchange: BpmnExchange): void {
  app.get(
    '/api/flows/:key/bpmn',
    {
      schema: {
        tags,
        summary: 'A flow as a BPMN 2.0 file',
        description: 'With its diagram, for any BPMN modeler. Taken over again it is the same flow.',
        produces: ['application/xml'],
        params,
        querystring: ExportQuery,
        response: { 200: Type.String(), ...problems(401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      const { version, draft = false, language = 'zh-CN' } = request.query;
      const flow = await asPerson(app.deps.db, request.person.id, async (tx) => {
        await assertMay(tx, 'flow.publish');
        return draft ? draftOf(tx, key) : versionOf(tx, key, version);
      });
      return reply
        .type('application/xml; charset=utf-8')
        .header('content-disposition', `attachment; filename="${key}.bpmn"`)
        .send(await exchange.write(flow, language));
    },
  );
}

async function versionOf(tx: Tx, key: string, version: number | undefined): Promise<Flow> {
  const current = version ?? (await findFlowVersions(tx, key)).find((each) => each.current)?.version ?? 1;
  return (await getFlowVersion(tx, key, current)).definition as unknown as Flow;
}

/** @throws AppError not_found, invalid_flow: what is no sound flow has no picture */
async function draftOf(tx: Tx, key: string): Promise<Flow> {
  const { definition, problems: found } = await getFlowDraft(tx, key);
  if (found.length > 0) throw new AppError('invalid_flow', 422, {}, found);
  return definition as unknown as Flow;
}
