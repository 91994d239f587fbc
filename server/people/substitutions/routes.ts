/** 代理: one's own substitutes, and those of others for whoever may hand out work. */
import { Type } from 'typebox';
import { handOnAll, openTasksFor } from '../../commands/hand-over.ts';
import { uuidv7 } from '../../commands/uuid.ts';
import { asPerson } from '../../db/as.ts';
import { CommandHeaders, problems, readIdempotencyKey, type App } from '../../http.ts';
import { Uuid } from '../../schema.ts';
import { SubstitutionBody, SubstitutionList, SubstitutionMade } from './schemas.ts';
import { addSubstitution, endSubstitution, listSubstitutions } from './substitutions.ts';

const tags = ['People'];
const failures = problems(401, 403, 404, 409, 422);

export function substitutionRoutes(app: App): void {
  app.get(
    '/api/substitutions',
    {
      schema: {
        tags,
        summary: 'Who stands in for a person, and for whom they stand in',
        querystring: Type.Object({ person: Type.Optional(Uuid) }, { additionalProperties: false }),
        response: { 200: SubstitutionList, ...failures },
      },
    },
    (request) => {
      const { id: me } = request.person;
      return asPerson(app.deps.db, me, async (tx) => ({
        items: await listSubstitutions(tx, me, request.query.person ?? me),
      }));
    },
  );
  addRoute(app);
  app.post(
    '/api/substitutions/:id/end',
    {
      schema: {
        tags,
        summary: 'End a substitution',
        params: Type.Object({ id: Uuid }),
        response: { 204: Type.Null(), ...failures },
      },
    },
    async (request, reply) => {
      const ending = { id: request.params.id, me: request.person.id };
      await asPerson(app.deps.db, ending.me, (tx) => endSubstitution(tx, ending));
      return reply.code(204).send(null);
    },
  );
}

function addRoute(app: App): void {
  app.post(
    '/api/substitutions',
    {
      schema: {
        tags,
        summary: 'Let somebody stand in',
        description: 'For others only with task.reassign company-wide. New work goes to the substitute from then on.',
        headers: CommandHeaders,
        body: SubstitutionBody,
        response: { 201: SubstitutionMade, ...failures },
      },
    },
    async (request, reply) => {
      const { person: me, body } = request;
      const { handOverOpen, to = null, flows = null, communities = null, person = me.id, ...rest } = body;
      const id = readIdempotencyKey(request) ?? uuidv7();
      const wanted = { ...rest, id, me: me.id, person, to, flows, communities };
      const substitution = await asPerson(app.deps.db, me.id, (tx) => addSubstitution(tx, wanted));
      const moving = handOverOpen && substitution.active;
      const tasks = moving ? await openTasksFor(app.deps.db, me.id, { person, flows, communities }) : [];
      const moves = tasks.map((task) => ({ task, to: rest.substitute }));
      const done = await handOnAll(app.deps, { by: me.id, run: id, as: 'substitute', moves });
      const handedOver = done.filter(({ state }) => state === 'done').length;
      return reply.code(201).send({ substitution, handedOver, kept: done.length - handedOver });
    },
  );
}
