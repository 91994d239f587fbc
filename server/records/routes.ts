/**
 * Records of any form type. Row security decides which are seen and written; registers are written here, a case's record by commands
 * of its case (protocol.md rule 9).
 */
import { Type } from 'typebox';
import { amendCase } from '../commands/case-acts.ts';
import { intentionOf } from '../commands/intention.ts';
import { loadForm } from '../db/records/index.ts';
import { CommandHeaders, problems, type App } from '../http.ts';
import { Count, Uuid } from '../schema.ts';
import { ActResult } from '../tasks/schemas.ts';
import { findPage, findOne, ListQuery } from './read.ts';
import {
  RecordBatch,
  RecordBatchBody,
  RecordBody,
  RecordItem,
  RecordPage,
  RecordPatchBody,
  Unmasked,
  UnmaskBody,
} from './schemas.ts';
import { unmask } from './unmask.ts';
import { createRecord, removeRecord, changeRecord, writeBatch } from './write.ts';

const tags = ['Records'];
const FormParams = Type.Object({ key: Type.String({ maxLength: 24 }) });
const RecordParams = Type.Object({ key: Type.String({ maxLength: 24 }), id: Uuid });
const writeFailures = problems(401, 403, 404, 409, 422);

export function recordRoutes(app: App): void {
  readRoutes(app);
  addRoutes(app);
  changeRoute(app);
  removeRoute(app);
}

function readRoutes(app: App): void {
  app.get(
    '/api/forms/:key/records',
    {
      schema: {
        tags,
        summary: 'Find records',
        description:
          'Also the picker of references: `q` searches the fields the layout names. Masked fields come masked, are found by their whole value and neither filter nor sort. Of a case form each record shows what its case shows the asking person, and matches by that alone.',
        params: FormParams,
        querystring: ListQuery,
        response: { 200: RecordPage, ...problems(401, 404, 422) },
      },
    },
    (request) => findPage(app.deps, { personId: request.person.id, form: request.params.key }, request.query),
  );
  app.get(
    '/api/forms/:key/records/:id',
    {
      schema: {
        tags,
        summary: 'One record',
        params: RecordParams,
        response: { 200: RecordItem, ...problems(401, 404) },
      },
    },
    (request) => findOne(app.deps.db, { personId: request.person.id, form: request.params.key }, request.params.id),
  );
  app.post(
    '/api/forms/:key/records/:id/unmask',
    {
      schema: {
        tags,
        summary: 'See a masked value',
        description: 'Needs the verb record.unmask:<key> and a reason, which is kept in the audit log.',
        params: RecordParams,
        body: UnmaskBody,
        response: { 200: Unmasked, ...problems(401, 403, 404, 422) },
      },
    },
    (request) => unmask(app.deps.db, { personId: request.person.id, ...request.params }, request.body),
  );
}

function addRoutes(app: App): void {
  const { db } = app.deps;
  app.post(
    '/api/forms/:key/records',
    {
      schema: {
        tags,
        summary: 'Add a record to a register',
        params: FormParams,
        body: RecordBody,
        response: { 201: RecordItem, ...writeFailures },
      },
    },
    async (request, reply) => {
      const of = { personId: request.person.id, form: request.params.key };
      const id = await createRecord(db, of, request.body);
      return reply.code(201).send(await findOne(db, of, id));
    },
  );
  app.post(
    '/api/forms/:key/records/batch',
    {
      schema: {
        tags,
        summary: 'Add and change several records of a register in one transaction',
        params: FormParams,
        body: RecordBatchBody,
        response: { 200: RecordBatch, ...writeFailures },
      },
    },
    (request) => writeBatch(db, { personId: request.person.id, form: request.params.key }, request.body),
  );
}

function changeRoute(app: App): void {
  const { db } = app.deps;
  app.patch(
    '/api/forms/:key/records/:id',
    {
      schema: {
        tags,
        summary: 'Change fields of a record',
        description:
          "A field that is absent stays, null empties one. A running case's record changes by the command `amend` of its case: 200 applied, 202 kept and sure to happen.",
        params: RecordParams,
        headers: CommandHeaders,
        body: RecordPatchBody,
        response: { 200: RecordItem, 202: ActResult, ...writeFailures },
      },
    },
    async (request, reply) => {
      const { key, id } = request.params;
      const of = { personId: request.person.id, form: key };
      const { kind } = await loadForm(db, key);
      if (kind === 'case') {
        const { fields, version = null } = request.body;
        const act = { caseId: id, form: key, fields, version, comment: null };
        const given = await amendCase(app.deps, intentionOf(request), act);
        if (given.state === 'pending') return reply.code(202).send(given);
      } else {
        await changeRecord(db, of, { id, ...request.body });
      }
      return reply.code(200).send(await findOne(db, of, id));
    },
  );
}

function removeRoute(app: App): void {
  const { db, adminDb } = app.deps;
  app.delete(
    '/api/forms/:key/records/:id',
    {
      schema: {
        tags,
        summary: 'Delete a record of a register',
        description: 'Its history stays. Refused while other records refer to it.',
        params: RecordParams,
        querystring: Type.Object({ version: Type.Optional(Count({ minimum: 1 })) }, { additionalProperties: false }),
        response: { 204: Type.Null(), ...writeFailures },
      },
    },
    async (request, reply) => {
      const of = { personId: request.person.id, form: request.params.key };
      await removeRecord({ db, adminDb }, of, { id: request.params.id, ...request.query });
      return reply.code(204).send(null);
    },
  );
}
