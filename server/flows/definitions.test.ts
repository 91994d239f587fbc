/** A flow from a draft with problems to a version, and on to the next; running cases keep theirs. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, startErrand, type CaseStage } from '../testing/cases.ts';
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

const url = `/api/flows/${errandFlow.key}`;
const keep = (definition: object) => admin({ method: 'PUT', url: `${url}/draft`, payload: { definition } });
const publish = () => admin({ method: 'POST', url: `${url}/publish`, payload: { note: 'Told in other words' } });
const renamed: Flow = { ...errandFlow, title: { 'zh-CN': '跑腿二', en: 'Errand 2' } };

it('keeps a draft with what is against it in a sentence, and publishes it by no way', async () => {
  const jump = { id: 'round', kind: 'jump', to: 'nowhere' };
  const broken = { ...errandFlow, steps: [...errandFlow.steps, jump] };
  const sentence = {
    path: '/steps/round/to',
    code: 'unknown_step',
    title: expect.stringContaining('nowhere') as string,
  };
  expect((await keep(broken)).json()).toMatchObject({ problems: [sentence] });
  const checked = await admin({ method: 'POST', url: `${url}/check`, payload: { definition: broken } });
  expect(checked.json()).toMatchObject({ problems: [sentence] });
  expect((await publish()).json()).toMatchObject({ status: 422, code: 'invalid_flow', errors: [sentence] });
  expect((await admin({ url: `${url}/draft` })).statusCode).toBe(200);
});

it('refuses what is no flow at all, and another flow’s definition', async () => {
  expect((await keep({ steps: 3 })).json()).toMatchObject({
    problems: expect.arrayContaining([{ path: '', code: 'required', params: { missingProperty: 'key' } }]) as unknown,
  });
  await keep({ ...errandFlow, key: 'other' });
  expect((await publish()).json()).toMatchObject({ code: 'invalid_flow', errors: [{ path: '/key' }] });
});

it('thread 22: publishes a version that new cases start on, while running ones keep theirs', async () => {
  const before = await startErrand(stage);
  await keep(renamed);
  expect((await publish()).json()).toEqual({ key: errandFlow.key, version: 2 });
  expect((await admin({ url: `${url}/draft` })).statusCode).toBe(404);
  const after = await startErrand(stage);

  const { items } = (await admin({ url: `${url}/versions` })).json<{ items: object[] }>();
  expect(items).toMatchObject([
    { version: 2, current: true, running: 1, note: 'Told in other words', publishedBy: {} },
    { version: 1, current: false, running: 1, publishedBy: null },
  ]);
  expect((await admin({ url: `${url}/versions/2` })).json()).toEqual({
    key: errandFlow.key,
    version: 2,
    definition: renamed,
  });
  expect((await admin({ url: `${url}/versions/9` })).statusCode).toBe(404);
  expect(before.caseId).not.toBe(after.caseId);
});

it('is for who may publish flows, in the whole company', async () => {
  const communityId = randomUUID();
  const local = await createPerson(stage.test, { roles: [{ role: 'admin', communityId }] });
  expect((await (await asUser(app, local))({ url: `${url}/versions` })).statusCode).toBe(403);
  for (const [method, path] of [
    ['GET', 'draft'],
    ['GET', 'versions'],
    ['DELETE', 'draft'],
  ] as const)
    expect((await staff({ method, url: `${url}/${path}` })).statusCode).toBe(403);
  expect((await staff({ method: 'POST', url: `${url}/publish`, payload: { note: 'mine' } })).statusCode).toBe(403);
});
