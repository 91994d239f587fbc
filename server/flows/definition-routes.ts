/** Flows as definitions: versions, the draft of the next one, its check and its publishing, for who holds flow.publish. */
import { Type, type Static } from 'typebox';
import { asPerson, type Tx } from '../db/as.ts';
import { problemsOfFlow, publishFlowDraft } from '../definitions/flows.ts';
import { problems, type App, type Person } from '../http.ts';
import { assertMay } from '../security/may.ts';
import { dropFlowDraft, findFlowVersions, getFlowVersion, keepFlowDraft } from './definitions.ts';
import {
  FlowBody,
  FlowDraft,
  FlowProblems,
  FlowPublishBody,
  FlowPublished,
  FlowVersion,
  FlowVersions,
} from './schemas.ts';
import { simulateRoutes } from './simulate-routes.ts';
import { readDraft, told } from './told.ts';

const tags = ['Flows'];
const params = Type.Object({ key: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }) });
const failures = problems(401, 403, 404, 422);

export function flowDefinitionRoutes(app: App): void {
  versionRoutes(app);
  draftRoutes(app);
  publishRoutes(app);
  simulateRoutes(app);
}

/** Runs for somebody who may publish flows. @throws AppError forbidden */
function asPublisher<T>(app: App, person: Person, run: (tx: Tx) => Promise<T>): Promise<T> {
  return asPerson(app.deps.db, person.id, async (tx) => {
    await assertMay(tx, 'flow.publish');
    return run(tx);
  });
}

function versionRoutes(app: App): void {
  app.get(
    '/api/flows/:key/versions',
    { schema: { tags, summary: 'Published versions of a flow', params, response: { 200: FlowVersions, ...failures } } },
    (request) =>
      asPublisher(app, request.person, async (tx) => ({ items: await findFlowVersions(tx, request.params.key) })),
  );
  app.get(
    '/api/flows/:key/versions/:version',
    {
      schema: {
        tags,
        summary: 'A published version with its definition',
        params: Type.Object({ ...params.properties, version: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }),
        response: { 200: FlowVersion, ...failures },
      },
    },
    (request) =>
      asPublisher(app, request.person, (tx) => getFlowVersion(tx, request.params.key, request.params.version)),
  );
}

function draftRoutes(app: App): void {
  app.get(
    '/api/flows/:key/draft',
    { schema: { tags, summary: 'The draft of the next version', params, response: { 200: FlowDraft, ...failures } } },
    (request) => asPublisher(app, request.person, (tx) => readDraft(app, request, tx, request.params.key)),
  );
  app.put(
    '/api/flows/:key/draft',
    {
      schema: {
        tags,
        summary: 'Keep a draft, of a new flow too',
        description: 'Kept even with problems, which come back with it.',
        params,
        body: FlowBody,
        response: { 200: FlowDraft, ...failures },
      },
    },
    (request) =>
      asPublisher(app, request.person, async (tx) => {
        const { key } = request.params;
        await keepFlowDraft(tx, { key, definition: request.body.definition, by: request.person.id });
        return readDraft(app, request, tx, key);
      }),
  );
  app.delete(
    '/api/flows/:key/draft',
    { schema: { tags, summary: 'Throw the draft away', params, response: { 204: Type.Null(), ...failures } } },
    async (request, reply) => {
      await asPublisher(app, request.person, (tx) => dropFlowDraft(tx, request.params.key));
      return reply.code(204).send(null);
    },
  );
}

function publishRoutes(app: App): void {
  app.post(
    '/api/flows/:key/check',
    {
      schema: {
        tags,
        summary: 'What would keep a definition from being published',
        description: 'Writes nothing. Empty: it may be published.',
        params,
        body: FlowBody,
        response: { 200: FlowProblems, ...failures },
      },
    },
    (request) =>
      asPublisher(app, request.person, async (tx) => ({
        problems: told(app, request, await problemsOfFlow(tx, request.body.definition)),
      })),
  );
  app.post(
    '/api/flows/:key/publish',
    {
      schema: {
        tags,
        summary: 'Publish the draft as the next version',
        description: 'Cases that run stay on the version they were started with; new ones start on this one.',
        params,
        body: FlowPublishBody,
        response: { 200: FlowPublished, ...failures },
      },
    },
    async (request): Promise<Static<typeof FlowPublished>> => {
      const { key } = request.params;
      const { id } = request.person;
      await asPublisher(app, request.person, () => Promise.resolve());
      const { version } = await publishFlowDraft(app.deps.adminDb, key, { note: request.body.note, by: id });
      return { key, version };
    },
  );
}
