/** Roles for administrators: the table of what each may, who holds it where, giving and taking. */
import { Type } from 'typebox';
import { asPerson } from '../../db/as.ts';
import { problems, type App } from '../../http.ts';
import { Uuid } from '../../schema.ts';
import { assertMayAnywhere } from '../../security/may.ts';
import { giveRole, takeRole } from './grants.ts';
import { readGrants, readRoleTable } from './roles.ts';
import { RoleGrant, RoleGrantBody, RoleGrants, RoleGrantsQuery, RoleTable } from './schemas.ts';

const tags = ['People'];

export function roleRoutes(app: App): void {
  reading(app);
  changing(app);
}

function reading(app: App): void {
  const { db } = app.deps;
  app.get(
    '/api/roles',
    {
      schema: {
        tags,
        summary: 'Roles and what each may',
        description: 'Needs the verb role.grant.',
        response: { 200: RoleTable, ...problems(401, 403) },
      },
    },
    (request) =>
      asPerson(db, request.person.id, async (tx) => {
        await assertMayAnywhere(tx, 'role.grant');
        return readRoleTable(tx);
      }),
  );
  app.get(
    '/api/role-grants',
    {
      schema: {
        tags,
        summary: 'Who holds a role where, by name',
        description: 'Needs the verb role.grant.',
        querystring: RoleGrantsQuery,
        response: { 200: RoleGrants, ...problems(401, 403, 422) },
      },
    },
    (request) =>
      asPerson(db, request.person.id, async (tx) => {
        await assertMayAnywhere(tx, 'role.grant');
        return readGrants(tx, request.query);
      }),
  );
}

function changing(app: App): void {
  const { db } = app.deps;
  app.post(
    '/api/role-grants',
    {
      schema: {
        tags,
        summary: 'Give a role',
        description: 'Counts at once. Nobody gives a role that may more than they may themselves.',
        body: RoleGrantBody,
        response: { 201: RoleGrant, ...problems(401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const grant = await giveRole(db, request.person.id, request.body);
      app.sessionEnds.emit('rights', grant.person.id);
      return reply.code(201).send(grant);
    },
  );
  app.delete(
    '/api/role-grants/:id',
    {
      schema: {
        tags,
        summary: 'Take a role away',
        description: 'Counts at once. The last administrator keeps theirs.',
        params: Type.Object({ id: Uuid }),
        response: { 204: Type.Null(), ...problems(401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      app.sessionEnds.emit('rights', await takeRole(db, request.person.id, request.params.id));
      return reply.code(204).send(null);
    },
  );
}
