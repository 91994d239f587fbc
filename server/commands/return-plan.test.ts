/** What a return would do is told before it is done: by the case itself, to whoever may return, and without a trace. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Step } from '../../workflows/engine/flow.gen.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { flowOf, wait } from '../testing/rules.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const task = (id: string, role: string): Step => ({
  id,
  kind: 'userTask',
  title: text(id),
  people: { assign: { rule: 'pool', role } },
});
const beside: Step = {
  id: 'beside',
  kind: 'parallel',
  title: text('Beside'),
  branches: [
    { title: text('One'), steps: [task('look', 'dispatcher'), task('price', 'dispatcher')] },
    { title: text('Two'), steps: [task('fetch', 'technician')] },
  ],
};

let stage: ActStage;
beforeAll(async () => {
  stage = await createActStage([flowOf('planned', [wait(), beside])]);
});
afterAll(() => stage.close());

interface Plan {
  cancels: { step: string }[];
  stays: { step: string }[];
  opens: { step: string }[];
}
const plan = async (who: 'dispatcher' | 'runner' | 'stranger' | 'staff', id: string, query: string) => {
  const answer = await stage.ask[who]({ url: `/api/tasks/${id}/return-plan?${query}` });
  return { status: answer.statusCode, ...answer.json<Plan & { code?: string }>() };
};
/** A case whose second step of the first branch is open, beside a claimed task of the other. */
async function begun(): Promise<{ caseId: string; price: string }> {
  const caseId = await stage.start('planned');
  const go = async (step: string) =>
    stage.act('dispatcher', await stage.taskOf(caseId, step), 'complete', decision('done'));
  await go('wait');
  await go('look');
  await stage.act('runner', await stage.taskOf(caseId, 'fetch'), 'claim');
  return { caseId, price: await stage.taskOf(caseId, 'price') };
}

it('inside a branch leaves what runs beside it, out of it closes that with its holder; and the return does just that', async () => {
  const { caseId, price } = await begun();
  const before = await stage.events(caseId);
  const runner = { title: text('fetch'), item: null, holder: { id: stage.cast.runner, name: 'Runner' }, pool: null };
  const dispatcher = { id: stage.cast.dispatcher, name: 'Dispatcher' };
  expect(await plan('dispatcher', price, 'to=look&mode=redo')).toEqual({
    status: 200,
    cancels: [],
    stays: [{ step: 'fetch', ...runner }],
    compensates: [],
    opens: [{ step: 'look', title: text('look'), item: null, holder: dispatcher, pool: null }],
  });
  expect(await plan('dispatcher', price, 'to=wait&mode=straightBack')).toMatchObject({
    cancels: [],
    stays: [{ step: 'fetch' }],
    opens: [{ step: 'wait', holder: dispatcher }],
  });
  expect(await plan('dispatcher', price, 'to=wait&mode=redo')).toMatchObject({
    cancels: [{ step: 'fetch', ...runner }],
    stays: [],
    opens: [{ step: 'wait' }],
  });
  expect(await stage.events(caseId)).toBe(before);
  expect(await stage.holders(caseId)).toEqual(['fetch runner', 'price pool']);

  const back = { to: 'wait', mode: 'redo', comment: 'Wrong' };
  expect((await stage.act('dispatcher', price, 'return', back)).statusCode).toBe(200);
  expect(await stage.holders(caseId)).toEqual(['wait dispatcher']);
});

it('is refused as the return would be', async () => {
  const { price } = await begun();
  expect(await plan('stranger', price, 'to=look&mode=redo')).toMatchObject({ status: 404 });
  expect(await plan('staff', price, 'to=look&mode=redo')).toMatchObject({ status: 403, code: 'not_yours' });
  expect(await plan('dispatcher', price, 'to=fetch&mode=redo')).toMatchObject({
    status: 409,
    code: 'return_target_invalid',
  });
  expect(await plan('dispatcher', price, 'to=look&mode=never')).toMatchObject({ status: 422 });
  await stage.act('dispatcher', price, 'complete', decision('done'));
  expect(await plan('dispatcher', price, 'to=look&mode=redo')).toMatchObject({ status: 409, code: 'task_closed' });
});
