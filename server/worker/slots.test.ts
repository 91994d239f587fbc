/** More activities than a worker takes at a time, all of which wait for the tables to be brought up to date: real Postgres, real Temporal. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import { beginCase, publishSteps } from '../testing/messages.ts';
import { after, look } from '../testing/rules.ts';

let stage: CaseStage;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker({ maxActivities: 2 });
});
afterAll(() => stage.close());

const text = (en: string) => ({ 'zh-CN': en, en });
const tell = {
  id: 'tell',
  kind: 'serviceTask' as const,
  title: text('Tell'),
  activity: 'notify',
  again: 'run' as const,
  input: { role: '"manager"', text: '"errand_ready"' },
};
const many = { id: 'all', kind: 'forEach' as const, title: text('All'), list: 'for i in 1..40 return i', as: 'nth' };

it('they do not keep out the one that brings them up to date', async () => {
  const flow = await publishSteps(stage, [
    { id: 'soon', kind: 'timer', title: text('Soon'), in: 'PT1S' },
    { ...many, steps: [tell] },
    after,
  ]);
  const caseId = await beginCase(stage, { flow, note: 'K-1' });

  await expect
    .poll(async () => (await look(stage, caseId)).tasks.map(({ step }) => step), { timeout: 20_000 })
    .toEqual(['after']);
});
