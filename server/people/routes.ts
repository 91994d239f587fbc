/** GET /api/people: the picker of people. */
import { Type } from 'typebox';
import { decodeCursor, isText, isUuid, toPage } from '../cursor.ts';
import { findChoice, mayBeChosen } from '../commands/choices.ts';
import { receiversOf } from '../commands/receivers.ts';
import { asPerson } from '../db/as.ts';
import { getCurrentFlow } from '../definitions/published.ts';
import { problems, type App } from '../http.ts';
import { Cursor, Uuid } from '../schema.ts';
import { assertMayAnywhere } from '../security/may.ts';
import { findPeople, type PeopleFilter } from './people.ts';
import { PersonPage } from './schemas.ts';

const PeopleQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 80, description: 'Part of a name or of a username.' })),
    role: Type.Optional(
      Type.String({ maxLength: 400, description: 'One role, or several divided by commas: any of them.' }),
    ),
    community: Type.Optional(Uuid),
    task: Type.Optional(
      Type.String({ maxLength: 60, description: 'Only those whom the asking person may hand this task to.' }),
    ),
    flow: Type.Optional(
      Type.String({ maxLength: 40, description: 'With `step`: only those who may be chosen for it.' }),
    ),
    step: Type.Optional(Type.String({ maxLength: 40 })),
    everybody: Type.Boolean({
      default: false,
      description: 'Also residents, and people without a role: to give one. Needs the verb role.grant.',
    }),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  },
  { additionalProperties: false },
);

export function peopleRoutes(app: App): void {
  app.get(
    '/api/people',
    {
      schema: {
        tags: ['People'],
        summary: 'Find people who work here',
        description: 'Needs the verb person.find. Owners and tenants are not among them unless everybody is asked for.',
        querystring: PeopleQuery,
        response: { 200: PersonPage, ...problems(401, 403, 404, 422) },
      },
    },
    async (request) => {
      const { q = '', role, community = null, task: taskId, everybody, cursor, limit, flow, step } = request.query;
      const after = cursor === undefined ? { name: '', id: null } : readAfter(cursor);
      const filter: Omit<PeopleFilter, 'only'> = {
        q: q.trim() || null,
        roles: role?.split(',') ?? null,
        communityId: community,
        everybody,
        after,
        limit,
      };
      const rows = await asPerson(app.deps.db, request.person.id, async (tx) => {
        await assertMayAnywhere(tx, everybody ? 'role.grant' : 'person.find');
        const personId = request.person.id;
        let only = taskId === undefined ? null : await receiversOf(app.deps, tx, { personId, taskId });
        if (flow !== undefined && step !== undefined) {
          const choice = findChoice(await getCurrentFlow(app.deps.db, flow), step);
          only = mayBeChosen(choice, { chooser: personId, communityId: community });
        }
        return findPeople(tx, { ...filter, only });
      });
      return toPage(rows, limit, { item: (row) => row, key: ({ name, id }) => [name, id] });
    },
  );
}

function readAfter(cursor: string): { name: string; id: string } {
  const [name, id] = decodeCursor(cursor, isText, isUuid);
  return { name, id };
}
