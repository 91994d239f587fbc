/** Delegating a task and getting it back; adding signers to an approval and leaving them out again (ux.md 1.3). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../workflows/engine/flow.gen.ts';
import { createActStage, decision, type ActStage } from '../testing/acts.ts';
import { after, flowOf, wait } from '../testing/rules.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const sign: Step = {
  id: 'sign',
  kind: 'approval',
  title: text('Sign'),
  mode: 'all',
  people: { assign: { rule: 'role', role: 'dispatcher' } },
};

let stage: ActStage;
beforeAll(async () => {
  stage = await createActStage([
    flowOf('signing', [sign, after]),
    flowOf('handing', [wait(), after]),
    flowOf('strict', [{ ...sign, allow: { delegate: false, addSigners: false } }, after]),
  ]);
});
afterAll(() => stage.close());

const timeline = async (who: 'dispatcher' | 'other' | 'staff', caseId: string) =>
  (await stage.ask[who]({ url: `/api/cases/${caseId}` })).json<{
    timeline: { type: string; comment: string | null; data: Record<string, unknown>; labels: Record<string, string> }[];
  }>().timeline;
const notices = async (who: 'runner' | 'manager' | 'dispatcher', caseId: string) =>
  (await stage.ask[who]({ url: '/api/notifications?limit=100' }))
    .json<{ items: { kind: string; caseId: string; by: { name: string } | null }[] }>()
    .items.filter((each) => each.caseId === caseId)
    .map(({ kind, by }) => [kind, by?.name]);

/** Events that an act put into the case's history. */
async function costOf(
  caseId: string,
  run: () => Promise<{ statusCode: number }>,
): Promise<[status: number, events: number]> {
  const before = await stage.events(caseId);
  const { statusCode } = await run();
  return [statusCode, (await stage.events(caseId)) - before];
}

describe('delegate', () => {
  it('lets another work on it, says so everywhere, and comes back to whoever decides', async () => {
    const caseId = await stage.start('handing');
    const task = await stage.taskOf(caseId, 'wait');
    expect(await stage.detail('dispatcher', task)).toMatchObject({ allow: { delegate: true, addSigners: false } });
    const body = { to: stage.cast.other, comment: 'You know it' };
    expect(await costOf(caseId, () => stage.act('dispatcher', task, 'delegate', body))).toEqual([200, 5]);

    expect(await stage.holders(caseId)).toEqual(['wait other']);
    expect(await stage.detail('other', task)).toMatchObject({
      task: { delegated: true, added: false },
      allow: { delegate: false, transfer: true },
      explanation: {
        policy: 'delegated',
        by: stage.cast.dispatcher,
        labels: { [stage.cast.dispatcher]: 'Dispatcher' },
      },
    });
    const onward = { to: stage.cast.dispatcher, assignment: 2 };
    expect((await stage.act('other', task, 'delegate', onward)).json()).toMatchObject({ code: 'act_not_allowed' });
    await stage.act('other', task, 'complete', decision('done', { assignment: 2, comment: 'Looks right' }));

    expect(await stage.holders(caseId)).toEqual(['wait dispatcher']);
    const back = await stage.taskOf(caseId, 'wait', 'dispatcher');
    expect(await stage.detail('dispatcher', back)).toMatchObject({
      task: { delegated: false },
      explanation: { policy: 'resolved', by: stage.cast.other },
      timeline: [
        { type: 'case_started' },
        { type: 'task_delegated', comment: 'You know it', labels: { [stage.cast.other]: 'Other' } },
        { type: 'task_resolved', comment: 'Looks right', labels: { [stage.cast.dispatcher]: 'Dispatcher' } },
      ],
    });
    expect(await notices('dispatcher', caseId)).toContainEqual(['task_resolved', 'Other']);
    await stage.act('dispatcher', back, 'complete', decision('done'));
    expect(await stage.holders(caseId)).toEqual(['after pool']);
  });

  it('rule 11: gives what was seen before to nobody, and refuses without a trace whom the step or the role forbids', async () => {
    const [caseId, strict] = [await stage.start('handing'), await stage.start('strict')];
    const task = await stage.taskOf(caseId, 'wait');
    const refused = (who: 'dispatcher' | 'runner', body: object) =>
      costOf(caseId, () => stage.act(who, task, 'delegate', { to: stage.cast.other, ...body }));
    expect(await refused('dispatcher', { assignment: 7 })).toEqual([409, 0]);
    expect(await refused('runner', {})).toEqual([404, 0]);
    expect(await refused('dispatcher', { to: stage.cast.stranger })).toEqual([422, 0]);
    const theirs = await stage.taskOf(strict, 'sign', 'dispatcher');
    const forbidden = await stage.act('dispatcher', theirs, 'delegate', { to: stage.cast.runner });
    expect([forbidden.statusCode, forbidden.json()]).toMatchObject([403, { code: 'act_not_allowed' }]);
    expect(await stage.detail('dispatcher', theirs)).toMatchObject({ allow: { delegate: false, addSigners: false } });
  });

  it('lets one of two at once win; the other is told who holds it', async () => {
    const caseId = await stage.start('handing');
    const task = await stage.taskOf(caseId, 'wait');
    const answers = await Promise.all([
      stage.act('dispatcher', task, 'delegate', { to: stage.cast.other }),
      stage.act('other', task, 'delegate', { to: stage.cast.dispatcher }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const lost = answers.find(({ statusCode }) => statusCode === 409)!;
    expect(['task_closed', 'assignment_changed']).toContain(lost.json<{ code: string }>().code);
  });
});

describe('add signers', () => {
  it('before: they decide first, are told, and whoever added them is asked again', async () => {
    const caseId = await stage.start('signing');
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    expect(await stage.detail('dispatcher', task)).toMatchObject({ allow: { addSigners: true }, addedSigners: [] });
    const body = { persons: [stage.cast.runner, stage.cast.manager], where: 'before', comment: 'Please look' };
    expect(await costOf(caseId, () => stage.act('dispatcher', task, 'add-signers', body))).toEqual([200, 5]);

    expect(await stage.holders(caseId)).toEqual(['sign other', 'sign runner']);
    const added = await stage.taskOf(caseId, 'sign', 'runner');
    expect(await stage.detail('runner', added)).toMatchObject({
      task: { added: true },
      explanation: { policy: 'added', by: stage.cast.dispatcher, labels: { [stage.cast.dispatcher]: 'Dispatcher' } },
    });
    await stage.act('runner', added, 'complete', decision('approved'));
    expect(await stage.holders(caseId)).toEqual(['sign manager', 'sign other']);
    expect(await notices('manager', caseId)).toEqual([['signer_added', 'Dispatcher']]);
    await stage.act('manager', await stage.taskOf(caseId, 'sign', 'manager'), 'complete', decision('approved'));
    expect(await stage.holders(caseId)).toEqual(['sign dispatcher', 'sign other']);
    expect((await timeline('dispatcher', caseId)).find(({ type }) => type === 'signers_added')).toMatchObject({
      comment: 'Please look',
      data: { where: 'before' },
      labels: { [stage.cast.runner]: 'Runner', [stage.cast.manager]: 'Manager' },
    });
  });

  it('before: whoever added them, and nobody else, leaves them out again, and is asked once nobody is left', async () => {
    const caseId = await stage.start('signing');
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    const body = { persons: [stage.cast.runner, stage.cast.manager], where: 'before' };
    await stage.act('dispatcher', task, 'add-signers', body);
    const first = await stage.taskOf(caseId, 'sign', 'runner');
    const remove = (who: 'dispatcher' | 'staff', of: string, person: string) =>
      stage.act(who, of, 'remove-signers', { persons: [person] });
    expect((await remove('staff', first, stage.cast.runner)).json()).toMatchObject({ code: 'task_taken' });
    expect(await stage.holders(caseId)).toEqual(['sign other', 'sign runner']);

    expect((await remove('dispatcher', first, stage.cast.runner)).statusCode).toBe(200);
    expect(await stage.holders(caseId)).toEqual(['sign manager', 'sign other']);
    const second = await stage.taskOf(caseId, 'sign', 'manager');
    expect((await remove('dispatcher', second, stage.cast.manager)).statusCode).toBe(200);
    expect(await stage.holders(caseId)).toEqual(['sign dispatcher', 'sign other']);
  });

  it('after: the task stays open with its draft, and those who were added can be left out again', async () => {
    const caseId = await stage.start('signing');
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    const draft = { fields: {}, comment: 'half' };
    await stage.ask.dispatcher({ method: 'PUT', url: `/api/tasks/${task}/draft`, payload: draft });
    const body = { persons: [stage.cast.runner, stage.cast.manager], where: 'after' };
    expect(await costOf(caseId, () => stage.act('dispatcher', task, 'add-signers', body))).toEqual([200, 5]);
    expect(await stage.detail('dispatcher', task)).toMatchObject({
      mine: true,
      task: { state: 'open' },
      draft: { comment: 'half' },
      addedSigners: [{ name: 'Runner' }, { name: 'Manager' }],
    });

    const remove = { persons: [stage.cast.runner] };
    expect(await costOf(caseId, () => stage.act('dispatcher', task, 'remove-signers', remove))).toEqual([200, 5]);
    expect(await stage.detail('dispatcher', task)).toMatchObject({ addedSigners: [{ name: 'Manager' }] });
    expect(await costOf(caseId, () => stage.act('dispatcher', task, 'remove-signers', remove))).toEqual([409, 0]);
    await stage.act('dispatcher', task, 'complete', decision('approved'));
    expect(await stage.holders(caseId)).toEqual(['sign manager', 'sign other']);
    expect(await notices('manager', caseId)).toEqual([['signer_added', 'Dispatcher']]);
    const last = await stage.taskOf(caseId, 'sign', 'manager');
    await stage.act('manager', last, 'remove-signers', { persons: [stage.cast.manager] });
    expect(await stage.holders(caseId)).toEqual(['sign other']);
  });

  it('refuses whoever is asked already, may not receive it, or stands there twice, and tasks that are no approval', async () => {
    const [caseId, plain] = [await stage.start('signing'), await stage.start('handing')];
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    const add = async (persons: string[], where = 'after') => {
      const answer = await stage.act('dispatcher', task, 'add-signers', { persons, where });
      return { status: answer.statusCode, ...answer.json<{ code: string; errors?: object[] }>() };
    };
    expect(await add([stage.cast.other])).toMatchObject({
      status: 409,
      code: 'signer_already',
      params: { person: { name: 'Other' } },
    });
    expect(await stage.detail('dispatcher', task)).toMatchObject({ task: { state: 'open' }, mine: true });
    expect(await add([stage.cast.runner, stage.cast.stranger])).toMatchObject({
      status: 422,
      errors: [{ path: '/persons/1', code: 'not_a_choice' }],
    });
    expect(await add([stage.cast.dispatcher])).toMatchObject({ errors: [{ path: '/persons/0', code: 'same_person' }] });
    expect(await add([stage.cast.runner, stage.cast.runner])).toMatchObject({ status: 422 });
    expect(await add([])).toMatchObject({ status: 422 });
    expect(await add([randomUUID()])).toMatchObject({ errors: [{ path: '/persons/0', code: 'ref_not_found' }] });
    const other = await stage.act('dispatcher', await stage.taskOf(plain, 'wait'), 'add-signers', {
      persons: [stage.cast.other],
      where: 'after',
    });
    expect([other.statusCode, other.json()]).toMatchObject([403, { code: 'act_not_allowed' }]);
  });

  it('answers the same request once, and two at once one after the other', async () => {
    const caseId = await stage.start('signing');
    const task = await stage.taskOf(caseId, 'sign', 'dispatcher');
    const [key, body] = [randomUUID(), { persons: [stage.cast.runner], where: 'after' }];
    const [first, again] = [
      await stage.act('dispatcher', task, 'add-signers', { ...body, key }),
      await stage.act('dispatcher', task, 'add-signers', { ...body, key }),
    ];
    expect(again.json<{ command: string }>().command).toBe(first.json<{ command: string }>().command);
    expect((await timeline('dispatcher', caseId)).filter(({ type }) => type === 'signers_added')).toHaveLength(1);
    const two = await Promise.all(
      [1, 2].map(() => stage.act('dispatcher', task, 'add-signers', { ...body, persons: [stage.cast.manager] })),
    );
    expect(two.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect(await stage.detail('dispatcher', task)).toMatchObject({
      addedSigners: [{ name: 'Manager' }, { name: 'Runner' }],
    });
  });
});
