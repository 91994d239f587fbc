/** Publishing flows: the same definition is no new version, a wrong one is refused with the place, a published one never changes. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { errandFlow, errandForm } from '../testing/errand.ts';
import { publishFlow } from './flows.ts';
import { publishForm } from './forms.ts';

const byNobody = { note: null, by: null };
let test: TestDb;
beforeAll(async () => {
  test = await createTestDb();
  await publishForm(test.adminDb, errandForm, byNobody);
});
afterAll(() => test.drop());

const problemsOf = async (definition: unknown): Promise<unknown> => {
  const refused = await publishFlow(test.adminDb, definition, byNobody).catch((error: unknown) => error);
  return (refused as { errors?: unknown }).errors;
};

it('publishes a definition once, and a changed one as the next version', async () => {
  expect(await publishFlow(test.adminDb, errandFlow, byNobody)).toEqual({ key: 'errand', version: 1, isNew: true });
  expect(await publishFlow(test.adminDb, structuredClone(errandFlow), byNobody)).toMatchObject({
    version: 1,
    isNew: false,
  });
  const changed: Flow = { ...errandFlow, icon: 'box' };
  expect(await publishFlow(test.adminDb, changed, byNobody)).toMatchObject({ version: 2, isNew: true });
  // What ships built in is an old version now, and stays one.
  expect(await publishFlow(test.adminDb, errandFlow, byNobody)).toMatchObject({ version: 1, isNew: false });
});

it('says where a definition is wrong: the language, a role, a personal field in a condition', async () => {
  const [handOut, ...rest] = errandFlow.steps;
  expect(await problemsOf({ ...errandFlow, steps: 'none' })).toMatchObject([{ path: '/steps', code: 'type' }]);
  const noRole = { ...handOut, people: { assign: { rule: 'pool', role: 'nobody' } } };
  expect(await problemsOf({ ...errandFlow, steps: [noRole, ...rest] })).toMatchObject([{ code: 'unknown_role' }]);
  const personal = {
    id: 'p',
    kind: 'exclusive',
    title: errandFlow.title,
    branches: [{ title: errandFlow.title, when: 'what = "x"', steps: [] }],
    otherwise: { steps: [] },
  };
  expect(await problemsOf({ ...errandFlow, steps: [handOut, personal, ...rest] })).toMatchObject([
    { code: 'personal_field' },
  ]);
  expect(await problemsOf({ ...errandFlow, form: 'unknown' })).toMatchObject([{ path: '/form', code: 'form_unknown' }]);
});
