/** BPMN files over the API: a file becomes a draft that is published and run, a flow becomes a file that gives the same flow again. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { errandFlow } from '../testing/errand.ts';

let stage: CaseStage;
let app: App;
let admin: Ask;
let staff: Ask;
beforeAll(async () => {
  stage = await createCaseStage([errandFlow]);
  await stage.worker();
  app = await buildApp(stage.deps);
  admin = await asUser(app, await createPerson(stage.test, { roles: [{ role: 'admin' }] }));
  staff = await asUser(app, stage.cast.staff);
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"';
const file = (inner: string): string => `<definitions ${MODEL} targetNamespace="t">\n${inner}\n</definitions>`;
const round = file(`<process id="round" name="Round">
<startEvent id="s"/><userTask id="look" name="Look round"/><userTask id="note" name="Note it"/><endEvent id="e"/>
<sequenceFlow sourceRef="s" targetRef="look"/><sequenceFlow sourceRef="look" targetRef="note"/>
<sequenceFlow sourceRef="note" targetRef="e"/></process>`);

function put(ask: Ask, url: string, xml: string | Buffer): ReturnType<Ask> {
  return ask({ method: 'PUT', url, headers: { 'content-type': 'application/xml' }, payload: xml });
}

it('takes a file over as a draft, which is published and runs', async () => {
  const kept = await put(admin, `/api/flows/round/bpmn?form=${errandFlow.form}`, round);
  expect(kept.json()).toMatchObject({
    key: 'round',
    problems: [],
    definition: { key: 'round', form: errandFlow.form, steps: [{ id: 'look', kind: 'userTask' }, { id: 'note' }, {}] },
  });
  const published = await admin({ method: 'POST', url: '/api/flows/round/publish', payload: { note: 'From a model' } });
  expect(published.json()).toEqual({ key: 'round', version: 1 });

  const started = await staff({
    method: 'POST',
    url: '/api/flows/round/cases',
    headers: { 'idempotency-key': randomUUID() },
    payload: { fields: {} },
  });

  expect(started.json()).toMatchObject({ tasks: [{ step: 'look' }] });
});

it('gives a flow as a file, and takes that over as the same flow', async () => {
  const given = await admin({ url: `/api/flows/${errandFlow.key}/bpmn` });
  expect(given.headers['content-type']).toBe('application/xml; charset=utf-8');
  expect(given.headers['content-disposition']).toContain(`${errandFlow.key}.bpmn`);

  const other = await put(admin, '/api/flows/errand_again/bpmn', given.body);
  expect(other.json<{ definition: unknown }>().definition).toEqual({ ...errandFlow, key: 'errand_again' });
  const kept = await put(admin, `/api/flows/${errandFlow.key}/bpmn`, given.body);

  expect(kept.json<{ definition: unknown }>().definition).toEqual(errandFlow);
});

it('refuses a file with each element, its line and a sentence, and keeps nothing', async () => {
  const scripts = file(`<process id="p"><startEvent id="s"/><scriptTask id="code"/>
<businessRuleTask id="rule"/>
<sequenceFlow sourceRef="s" targetRef="code"/><sequenceFlow sourceRef="code" targetRef="rule"/></process>`);

  const refused = await put(admin, '/api/flows/scripted/bpmn', scripts);

  expect(refused.json()).toMatchObject({
    status: 422,
    code: 'bpmn_refused',
    errors: [
      { path: '/rule', code: 'element_unknown', params: { line: 3 }, title: expect.stringContaining('rule') as string },
      { path: '/code', code: 'element_unknown', params: { line: 2 } },
    ],
  });
  expect((await admin({ url: '/api/flows/scripted/draft' })).statusCode).toBe(404);
});

it('asks which of several processes is meant', async () => {
  const body = (id: string): string => `<process id="${id}"><startEvent id="${id}_s"/></process>`;
  const two = file(body('one') + body('other'));

  expect((await put(admin, '/api/flows/pick/bpmn', two)).json()).toMatchObject({
    errors: [{ code: 'process_missing', params: { found: 'one, other' } }],
  });
  expect((await put(admin, '/api/flows/pick/bpmn?process=none', two)).json()).toMatchObject({
    errors: [{ code: 'process_unknown' }],
  });
  expect((await put(admin, '/api/flows/pick/bpmn?process=other', two)).json()).toMatchObject({ key: 'pick' });
});

it.each([
  ['entities', '<!DOCTYPE x [<!ENTITY a "b">]><definitions/>', 'xml_entities'],
  ['deep nesting', '<a>'.repeat(200_000), 'xml_too_deep'],
  ['no XML', 'hello', 'xml_invalid'],
  ['a file without a process', file(''), 'no_process'],
  ['quotes without end', `<a ${'"'.repeat(300_001)}`, 'xml_invalid'],
])('refuses hostile XML: %s', async (_what, xml, code) => {
  expect((await put(admin, '/api/flows/hostile/bpmn', xml)).json()).toMatchObject({
    status: 422,
    code: 'bpmn_refused',
    errors: [{ code }],
  });
});

it('reads the encoding that a file declares, and refuses bytes that are none of it', async () => {
  const declared = (encoding: string): string =>
    `<?xml version="1.0" encoding="${encoding}"?>${round.replace('Look round', '\u00d1\u00b2')}`;
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

  expect((await put(admin, '/api/flows/encoded/bpmn', bytes(declared('GBK')))).json()).toMatchObject({
    definition: { steps: [{ title: { 'zh-CN': '巡' } }, {}, {}] },
  });
  expect(
    (await put(admin, '/api/flows/garbled/bpmn', bytes(declared('UTF-8').replace('\u00b2', 'x')))).json(),
  ).toMatchObject({
    status: 422,
    errors: [{ path: '/', code: 'xml_invalid' }],
  });
  expect((await admin({ url: '/api/flows/garbled/draft' })).statusCode).toBe(404);
});

it('refuses what is too large, what is no XML by its type, and who may not publish', async () => {
  const huge = await put(admin, '/api/flows/huge/bpmn', ' '.repeat(7_000_000));
  expect(huge.json()).toMatchObject({ status: 413 });
  const json = await admin({ method: 'PUT', url: '/api/flows/json/bpmn', payload: { xml: round } });
  expect(json.statusCode).toBeGreaterThanOrEqual(415);
  expect((await put(staff, '/api/flows/round/bpmn', round)).statusCode).toBe(403);
  expect((await staff({ url: `/api/flows/${errandFlow.key}/bpmn` })).statusCode).toBe(403);
  expect((await admin({ url: '/api/flows/nobodys/bpmn' })).statusCode).toBe(404);
});
