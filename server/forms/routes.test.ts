import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../http.ts';
import { asUser, buildTestApp, createPerson, type Ask } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';

let test: TestDb;
let app: App;
let admin: Ask;
beforeAll(async () => {
  test = await createTestDb();
  app = await buildTestApp(test);
  admin = await asUser(app, await createPerson(test, { name: '管理员', roles: [{ role: 'admin' }] }));
});
afterAll(async () => {
  await app.close();
  await test.drop();
});

const field = (kind: string, more: object = {}) => ({
  type: 'string',
  'x-field': kind,
  'x-title': { 'zh-CN': kind, en: kind },
  ...more,
});
const supplier = (properties: object, more: object = {}) => ({
  title: 'Supplier',
  type: 'object',
  additionalProperties: false,
  'x-key': 'supplier',
  'x-kind': 'register',
  'x-title': { 'zh-CN': '供应商', en: 'Supplier' },
  'x-local': false,
  'x-label': '{name}',
  required: ['name'],
  properties: { name: field('text'), ...properties },
  ...more,
});
const layout = { sections: [{ fields: ['name'] }], search: ['name'] };
const draft = (schema: object) =>
  admin({ method: 'PUT', url: '/api/forms/supplier/draft', payload: { schema, layout } });
const publish = () => admin({ method: 'POST', url: '/api/forms/supplier/publish', payload: { note: '测试' } });

it('takes a form type from a draft to records and on to another version', async () => {
  expect((await draft(supplier({ 'bad name': field('text') }))).json()).toMatchObject({
    problems: [{ path: '/schema/properties', code: 'schema_pattern' }, { code: 'schema_property_names' }],
  });
  expect((await publish()).json()).toMatchObject({ status: 422, code: 'invalid_form' });

  await draft(supplier({ phone: field('text', { 'x-mask': 'phone' }) }));
  expect((await publish()).json()).toEqual({ key: 'supplier', version: 1 });
  expect((await admin({ url: '/api/forms/supplier/draft' })).statusCode).toBe(404);
  const made = await admin({
    method: 'POST',
    url: '/api/forms/supplier/records',
    payload: { fields: { name: '五金行', phone: '10000001234' } },
  });
  expect(made.json()).toMatchObject({ label: '五金行', formVersion: 1 });

  await draft(supplier({ rating: field('integer', { type: 'integer', minimum: 1, maximum: 5 }) }));
  expect((await publish()).json()).toEqual({ key: 'supplier', version: 2 });
  const { id } = made.json<{ id: string }>();
  const changed = await admin({
    method: 'PATCH',
    url: `/api/forms/supplier/records/${id}`,
    payload: { fields: { rating: 5 } },
  });
  expect(changed.json()).toMatchObject({ formVersion: 2, fields: { name: '五金行', rating: 5 } });
  const { rows } = await sql`select phone from record.supplier`.execute(test.adminDb);
  expect(rows).toEqual([{ phone: '10000001234' }]);

  const versions = (await admin({ url: '/api/forms/supplier/versions' })).json<{ items: object[] }>();
  expect(versions.items).toMatchObject([
    { version: 2, current: true, note: '测试', publishedBy: { name: '管理员' } },
    { version: 1, current: false },
  ]);
  expect((await admin({ url: '/api/forms/supplier', query: { version: '1' } })).json()).toMatchObject({
    schema: { properties: { phone: {} } },
  });
});

it('refuses an incompatible change with the reason and leaves everything as it was', async () => {
  await draft(supplier({ rating: field('text') }));

  const answer = await publish();

  expect(answer.json()).toMatchObject({
    status: 422,
    errors: [
      { path: '/schema/properties/rating', code: 'field_kind_changed', params: { from: 'integer', to: 'text' } },
    ],
  });
  expect((await admin({ url: '/api/forms/supplier' })).json()).toMatchObject({ version: 2 });
});

it('refuses a constraint that the records break', async () => {
  for (const name of ['甲', '甲'])
    await admin({ method: 'POST', url: '/api/forms/supplier/records', payload: { fields: { name } } });
  await draft(supplier({}, { 'x-constraints': [{ kind: 'unique', fields: ['name'] }] }));

  expect((await publish()).json()).toMatchObject({
    errors: [{ path: '/schema/x-constraints', code: 'constraint_broken_by_records' }],
  });
});

it('refuses to take away what others use', async () => {
  const building = (await admin({ url: '/api/forms/building' })).json<{
    schema: { properties: Record<string, unknown>; [k: string]: unknown };
    layout: object;
  }>();
  const { code: _code, ...properties } = building.schema.properties;
  const schema = { ...building.schema, required: ['name'], 'x-constraints': [], properties };
  const bare = { sections: [{ fields: ['name'] }] };
  await admin({ method: 'PUT', url: '/api/forms/building/draft', payload: { schema, layout: bare } });

  const answer = await admin({ method: 'POST', url: '/api/forms/building/publish', payload: { note: '去掉编号' } });

  const uses = answer.json<{ errors: { code: string; params: { form: string } }[] }>().errors;
  expect(uses.map(({ code, params }) => `${code} ${params.form}`)).toEqual([
    'field_in_use entrance',
    'field_in_use unit',
  ]);
});

it('publishes and drops the draft together, or neither', async () => {
  const { adminDb } = test;
  await draft(supplier({ city: field('text') }));
  await sql`create function stay() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`.execute(
    adminDb,
  );
  await sql`create trigger stay before delete on form_draft for each row execute function stay()`.execute(adminDb);
  expect((await publish()).statusCode).toBe(500);
  const { version } = (await admin({ url: '/api/forms/supplier' })).json<{ version: number }>();
  const { rows } = await sql`
    select from information_schema.columns where table_schema = 'record' and table_name = 'supplier' and column_name = 'city'`.execute(
    adminDb,
  );
  expect({ version, columns: rows.length }).toEqual({ version: 2, columns: 0 });

  await sql`drop trigger stay on form_draft`.execute(adminDb);
  expect((await publish()).json()).toEqual({ key: 'supplier', version: 3 });
  expect((await admin({ url: '/api/forms/supplier/draft' })).statusCode).toBe(404);
  expect((await publish()).json()).toMatchObject({ status: 404, code: 'not_found' });
});

it('loses no draft that is kept while one is published', async () => {
  await draft(supplier({ street: field('text') }));
  const held = Promise.withResolvers<undefined>();
  const reading = Promise.withResolvers<undefined>();
  // Whoever publishes waits for the one before; meanwhile somebody keeps a newer draft.
  const before = test.adminDb.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(7203118)`.execute(tx);
    reading.resolve(undefined);
    await held.promise;
  });
  await reading.promise;
  const publishing = publish();
  await draft(supplier({ street: field('text'), door: field('text') }));
  held.resolve(undefined);
  await before;

  expect((await publishing).json()).toEqual({ key: 'supplier', version: 4 });
  expect((await admin({ url: '/api/forms/supplier' })).json()).toMatchObject({ schema: { properties: { door: {} } } });
});

it('tells with the draft what is wrong with its formulas', async () => {
  const total = field('computed', { type: 'integer', 'x-result': 'integer', 'x-formula': 'size +' });
  await draft(supplier({ size: field('integer', { type: 'integer' }), total }));
  const problem = { path: '/schema/properties/total/x-formula', code: 'expression_invalid' };

  expect((await admin({ url: '/api/forms/supplier/draft' })).json()).toMatchObject({ problems: [problem] });
  expect((await publish()).json()).toMatchObject({ status: 422, code: 'invalid_form', errors: [problem] });
});

// What is published changes a table of the whole company.
it.each([
  ['nobody of the staff', { role: 'staff' }],
  ['no administrator of one community', { role: 'admin', communityId: randomUUID() }],
])('lets %s see, write or publish drafts', async (_who, grant) => {
  const ask = await asUser(app, await createPerson(test, { roles: [grant] }));

  for (const [method, url] of [
    ['PUT', 'draft'],
    ['GET', 'draft'],
    ['DELETE', 'draft'],
    ['POST', 'publish'],
    ['GET', 'versions'],
  ] as const) {
    const payload = method === 'PUT' ? { schema: {}, layout: {} } : { note: 'x' };
    const sends = method === 'PUT' || method === 'POST';
    const answer = await ask({ method, url: `/api/forms/supplier/${url}`, ...(sends && { payload }) });
    expect(answer.json(), `${method} ${url}`).toMatchObject({ status: 403 });
  }
});

it('lists the form types a person may read', async () => {
  const keys = async (ask: Ask) =>
    (await ask({ url: '/api/forms' })).json<{ items: { key: string; mayWrite: boolean }[] }>().items;
  const staff = await asUser(app, await createPerson(test, { roles: [{ role: 'staff' }] }));

  expect((await keys(staff)).map(({ key }) => key)).toEqual([
    'building',
    'community',
    'department',
    'entrance',
    'holiday',
    'leaveType',
    'post',
    'unit',
  ]);
  expect((await keys(admin)).find(({ key }) => key === 'unit')).toMatchObject({ mayWrite: true });
  expect((await keys(admin)).find(({ key }) => key === 'repair')).toMatchObject({ mayWrite: false });
});
