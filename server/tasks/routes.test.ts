/** The case API over HTTP, as the screens use it: start, lists, one task, acts, and every way an act can be refused. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../http.ts';
import { asUser, type Ask } from '../testing/app.ts';
import { createCaseStage, openTask, type CaseStage, type Cast } from '../testing/cases.ts';

let stage: CaseStage;
let app: App;
let ask: Record<keyof Cast, Ask>;

beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
  const people = Object.entries<string>({ ...stage.cast }).map(
    async ([name, id]) => [name, await asUser(app, id)] as const,
  );
  ask = Object.fromEntries(await Promise.all(people)) as typeof ask;
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const post = (who: Ask, url: string, payload: object, key: string = randomUUID()) =>
  who({ method: 'POST', url, payload, headers: { 'idempotency-key': key } });

async function start(fields: object = { what: 'Fetch the parcel', kind: 'big' }) {
  const answer = await post(ask.staff, '/api/flows/errand/cases', { fields });
  expect(answer.json()).toMatchObject({ state: 'done', case: { status: 'running' } });
  expect(answer.statusCode).toBe(201);
  const { id } = answer.json<{ case: { id: string } }>().case;
  return { caseId: id, task: await openTask(stage, id) };
}
const list = async (who: Ask, view: string) =>
  (await who({ url: `/api/tasks?view=${view}&limit=100` })).json<{ items: { id: string; caseId: string }[] }>().items;

describe('starting', () => {
  it('offers a flow to whom it may be started by, and refuses the others', async () => {
    const [mine, theirs] = [
      await ask.staff({ url: '/api/flows?startable=true' }),
      await ask.runner({ url: '/api/flows?startable=true' }),
    ];
    expect(mine.json<{ items: { key: string }[] }>().items.map(({ key }) => key)).toContain('errand');
    expect(theirs.json<{ items: { key: string }[] }>().items.map(({ key }) => key)).not.toContain('errand');

    const refused = await post(ask.runner, '/api/flows/errand/cases', { fields: { what: 'x' } });
    expect(refused.statusCode).toBe(403);
    expect((await ask.runner({ url: '/api/flows/errand/start' })).statusCode).toBe(403);
    expect((await ask.staff({ url: '/api/flows/unknown/start' })).statusCode).toBe(404);
  });

  it('names each bad field: missing, unknown, not writable', async () => {
    const answer = async (fields: object) =>
      (await post(ask.staff, '/api/flows/errand/cases', { fields })).json<{ code: string; errors: unknown[] }>();

    expect((await answer({})).errors).toEqual([expect.objectContaining({ path: '/fields/what', code: 'required' })]);
    expect((await answer({ what: 'a', nonsense: 1 })).errors).toEqual([
      expect.objectContaining({ path: '/fields/nonsense', code: 'field_unknown' }),
    ]);
    expect((await answer({ what: 'a', note: 'b' })).errors).toEqual([
      expect.objectContaining({ path: '/fields/note', code: 'field_not_writable' }),
    ]);
  });

  it('gives the same answer to the same request, and refuses the key with another body', async () => {
    const key = randomUUID();
    const first = await post(ask.staff, '/api/flows/errand/cases', { fields: { what: 'once' } }, key);
    const again = await post(ask.staff, '/api/flows/errand/cases', { fields: { what: 'once' } }, key);
    const other = await post(ask.staff, '/api/flows/errand/cases', { fields: { what: 'twice' } }, key);

    expect(again.json<{ case: { id: string } }>().case.id).toBe(first.json<{ case: { id: string } }>().case.id);
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ code: 'key_reused' });
  });
});

describe('lists', () => {
  it('shows a task where it belongs, with counts that equal the lists', async () => {
    const { task, caseId } = await start();

    expect((await list(ask.dispatcher, 'pool')).map(({ id }) => id)).toContain(task.id);
    expect((await list(ask.dispatcher, 'mine')).map(({ id }) => id)).not.toContain(task.id);
    expect((await list(ask.staff, 'started')).map((item) => item.caseId)).toContain(caseId);
    expect((await list(ask.stranger, 'pool')).length).toBe(0);
    const counts = (await ask.dispatcher({ url: '/api/tasks/counts' })).json<Record<string, number>>();
    for (const view of ['mine', 'pool', 'today', 'overdue', 'cc'])
      expect([view, counts[view]]).toEqual([view, (await list(ask.dispatcher, view)).length]);
  });

  it('pages by key without losing or repeating a row', async () => {
    await Promise.all([start(), start(), start()]);
    const all = (await list(ask.dispatcher, 'pool')).map(({ id }) => id);
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const url = `/api/tasks?view=pool&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = (await ask.dispatcher({ url })).json<{ items: { id: string }[]; next: string | null }>();
      paged.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(paged).toEqual(all);
    expect((await ask.dispatcher({ url: '/api/tasks?view=pool&cursor=nonsense' })).statusCode).toBe(422);
  });

  it('words the summary in the reader’s language, with the tone of its choice', async () => {
    const { task, caseId } = await start();
    const item = (await ask.dispatcher({ url: `/api/tasks/${task.id}` })).json<{ task: { summary: unknown } }>().task;
    const summary = [{ label: { 'zh-CN': 'Kind', en: 'Kind' }, value: 'Big', tone: 'danger' }];
    expect(item.summary).toEqual(summary);
    expect((await ask.staff({ url: `/api/cases/${caseId}` })).json()).toMatchObject({ case: { summary } });
  });
});

describe('one task', () => {
  it('gives the doer the form, the buttons and why it is theirs; a reader reads', async () => {
    const { task, caseId } = await start();
    const doer = (await ask.dispatcher({ url: `/api/tasks/${task.id}` })).json<Record<string, unknown>>();
    const reader = (await ask.staff({ url: `/api/tasks/${task.id}` })).json<Record<string, unknown>>();

    expect(doer).toMatchObject({
      mine: true,
      version: 1,
      assignment: 1,
      permissions: { runner: 'required', what: 'read' },
      fields: { what: 'Fetch the parcel' },
    });
    expect(doer.actions).toHaveLength(2);
    expect(doer.explanation).toMatchObject({ rule: 'pool', inputs: { role: 'dispatcher' } });
    expect(reader).toMatchObject({ mine: false, actions: [], permissions: { runner: 'read' } });
    expect(doer.position).toMatchObject([
      { step: 'hand_out', state: 'current', certain: true },
      { step: 'run', state: 'upcoming', certain: true },
    ]);
    expect((await ask.stranger({ url: `/api/tasks/${task.id}` })).statusCode).toBe(404);
    expect((await ask.stranger({ url: `/api/cases/${caseId}` })).statusCode).toBe(404);
    expect((await ask.staff({ url: '/api/tasks/unknown' })).statusCode).toBe(404);
  });

  it('keeps a draft of fields that may be written, and gives it back', async () => {
    const { task } = await start();
    const url = `/api/tasks/${task.id}`;
    const saved = await ask.dispatcher({
      method: 'PUT',
      url: `${url}/draft`,
      payload: { fields: { note: 'half', runner: stage.cast.runner }, comment: 'hm' },
    });
    const refused = await ask.dispatcher({
      method: 'PUT',
      url: `${url}/draft`,
      payload: { fields: { what: 'changed' } },
    });

    expect(saved.statusCode).toBe(200);
    expect((await ask.dispatcher({ url })).json()).toMatchObject({
      draft: { fields: { note: 'half' }, comment: 'hm' },
      labels: { [stage.cast.runner]: 'Runner' },
    });
    expect(refused.json()).toMatchObject({ errors: [{ path: '/fields/what', code: 'field_not_writable' }] });
    expect((await ask.runner({ method: 'PUT', url: `${url}/draft`, payload: { fields: {} } })).statusCode).toBe(404);
  });
});

describe('acts', () => {
  it('claims, releases with a reason, and tells whoever comes second who was first', async () => {
    const { task } = await start();
    const url = `/api/tasks/${task.id}`;
    const claim = { assignment: 1 };
    expect((await post(ask.dispatcher, `${url}/claim`, claim)).statusCode).toBe(200);
    expect((await post(ask.dispatcher, `${url}/claim`, claim)).statusCode).toBe(200);
    const second = await post(ask.other, `${url}/claim`, claim);
    expect([second.statusCode, second.json()]).toMatchObject([
      409,
      { code: 'task_taken', params: { by: { name: 'Dispatcher' } } },
    ]);
    expect((await list(ask.dispatcher, 'mine')).map(({ id }) => id)).toContain(task.id);
    expect((await list(ask.other, 'pool')).map(({ id }) => id)).not.toContain(task.id);

    expect((await post(ask.dispatcher, `${url}/release`, { assignment: 1, comment: 'not mine' })).statusCode).toBe(200);
    expect((await post(ask.other, `${url}/claim`, claim)).statusCode).toBe(200);
  });

  it('thread 7: lets one of two win and tells the other who and when', async () => {
    const { task } = await start();
    const body = { outcome: 'handed_out', fields: { runner: stage.cast.runner }, assignment: 1, version: 1 };
    const answers = await Promise.all(
      [ask.dispatcher, ask.other].map((who) => post(who, `/api/tasks/${task.id}/complete`, body)),
    );

    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const lost = answers
      .find(({ statusCode }) => statusCode === 409)!
      .json<{ code: string; params: { by: { name: string }; at: string } }>();
    expect(lost.code).toBe('task_closed');
    expect(['Dispatcher', 'Other']).toContain(lost.params.by.name);
    expect(Date.parse(lost.params.at)).toBeGreaterThan(0);
  });

  it('thread 20: refuses what the step does not let one write, and wants what it needs', async () => {
    const { task } = await start();
    const send = async (body: object) =>
      (await post(ask.dispatcher, `/api/tasks/${task.id}/complete`, { assignment: 1, version: 1, ...body })).json<{
        errors?: unknown[];
        code: string;
      }>();

    expect(
      (await send({ outcome: 'handed_out', fields: { what: 'mine now', runner: stage.cast.runner } })).errors,
    ).toEqual([expect.objectContaining({ path: '/fields/what', code: 'field_not_writable' })]);
    expect((await send({ outcome: 'handed_out', fields: {} })).errors).toEqual([
      expect.objectContaining({ path: '/fields/runner', code: 'required' }),
    ]);
    expect((await send({ outcome: 'refused', fields: {} })).errors).toEqual([
      expect.objectContaining({ path: '/comment', code: 'required' }),
    ]);
    expect((await send({ outcome: 'vanish', fields: {} })).errors).toEqual([
      expect.objectContaining({ path: '/outcome' }),
    ]);
    expect((await send({ outcome: 'handed_out', fields: { runner: randomUUID() } })).errors).toEqual([
      expect.objectContaining({ path: '/fields/runner', code: 'ref_not_found' }),
    ]);
    expect((await send({ outcome: 'handed_out', fields: { runner: stage.cast.runner }, assignment: 7 })).code).toBe(
      'assignment_changed',
    );
  });

  it('returns, transfers, and ends with a timeline that names who did what', async () => {
    const { task, caseId } = await start();
    const done = { assignment: 1, version: 1 };
    await post(ask.dispatcher, `/api/tasks/${task.id}/complete`, {
      ...done,
      outcome: 'handed_out',
      fields: { runner: stage.cast.runner },
    });
    const run = await openTask(stage, caseId, 'run');
    expect((await ask.runner({ url: `/api/tasks/${run.id}` })).json()).toMatchObject({
      returnTargets: [{ step: 'hand_out', by: { name: 'Dispatcher' } }],
    });
    const back = await post(ask.runner, `/api/tasks/${run.id}/return`, {
      to: 'hand_out',
      mode: 'redo',
      comment: 'where?',
      assignment: 1,
    });
    expect(back.statusCode).toBe(200);

    const again = await openTask(stage, caseId, 'hand_out');
    await checkTold(again.id, run.id);
    const passed = await post(ask.dispatcher, `/api/tasks/${again.id}/transfer`, {
      to: stage.cast.other,
      assignment: 1,
    });
    expect(passed.statusCode).toBe(200);
    const late = await post(ask.dispatcher, `/api/tasks/${again.id}/complete`, {
      ...done,
      outcome: 'refused',
      fields: {},
      comment: 'no',
    });
    expect([late.statusCode, late.json()]).toMatchObject([
      409,
      { code: 'assignment_changed', params: { holder: { name: 'Other' } } },
    ]);
    const end = await post(ask.other, `/api/tasks/${again.id}/complete`, {
      outcome: 'refused',
      fields: {},
      comment: 'no',
      assignment: 2,
      version: 9,
    });
    expect(end.statusCode).toBe(200);

    const seen = (await ask.staff({ url: `/api/cases/${caseId}` })).json<{
      case: object;
      timeline: { type: string; actor: { name: string } }[];
    }>();
    expect(seen.case).toMatchObject({ status: 'completed', outcome: 'refused', holders: [] });
    expect(seen.timeline.map(({ type, actor }) => [type, actor.name])).toEqual([
      ['case_started', 'Staff'],
      ['task_completed', 'Dispatcher'],
      ['task_returned', 'Runner'],
      ['task_transferred', 'Dispatcher'],
      ['task_completed', 'Other'],
    ]);
  });

  /** Who sent it back is said as such, and what asked for the work that is over asks no more. */
  async function checkTold(returned: string, over: string): Promise<void> {
    const of = async (who: Ask, taskId: string) =>
      (await who({ url: '/api/notifications?limit=100' }))
        .json<{ items: { kind: string; taskId: string | null; ended: boolean }[] }>()
        .items.filter((each) => each.taskId === taskId)
        .map(({ kind, ended }) => [kind, ended]);
    const unread = async (who: Ask) =>
      (await who({ url: '/api/notifications?unread=true&limit=100' })).json<{ items: { taskId: string }[] }>().items;

    expect(await of(ask.dispatcher, returned)).toEqual([['task_returned', false]]);
    expect(await of(ask.runner, over)).toEqual([['task_opened', true]]);
    expect((await unread(ask.runner)).map(({ taskId }) => taskId)).not.toContain(over);
    expect((await ask.runner({ url: '/api/notifications/counts' })).json()).toEqual({
      unread: (await unread(ask.runner)).length,
    });
  }

  it('withdraws for the initiator alone, and cancels with the right to', async () => {
    const [one, two] = [await start(), await start()];
    expect((await post(ask.dispatcher, `/api/cases/${one.caseId}/withdraw`, { comment: 'x' })).statusCode).toBe(403);
    expect((await post(ask.staff, `/api/cases/${one.caseId}/withdraw`, { comment: 'found it' })).statusCode).toBe(200);
    expect((await post(ask.staff, `/api/cases/${one.caseId}/withdraw`, { comment: 'again' })).json()).toMatchObject({
      code: 'case_closed',
    });
    expect((await post(ask.staff, `/api/cases/${two.caseId}/cancel`, { comment: 'x' })).statusCode).toBe(403);
    expect((await post(ask.manager, `/api/cases/${two.caseId}/cancel`, { comment: 'duplicate' })).statusCode).toBe(200);
    expect((await list(ask.dispatcher, 'pool')).map(({ caseId }) => caseId)).not.toContain(two.caseId);
  });

  it('thread 18: urges all holders at most three times a day, and takes comments', async () => {
    const { caseId } = await start();
    for (let i = 0; i < 3; i++)
      expect((await post(ask.staff, `/api/cases/${caseId}/urge`, {})).json()).toEqual({ reached: 2 });
    expect((await post(ask.staff, `/api/cases/${caseId}/urge`, {})).json()).toMatchObject({ code: 'urge_too_often' });
    const seen = (await ask.staff({ url: `/api/cases/${caseId}` })).json<{ urgeFrom: string; allow: object }>();
    expect(seen.allow).toMatchObject({ urge: false });
    expect(Date.parse(seen.urgeFrom) - Date.now()).toBeGreaterThan(23 * 3_600_000);

    expect((await post(ask.staff, `/api/cases/${caseId}/comment`, { body: 'please hurry' })).statusCode).toBe(201);
    const comments = (await ask.dispatcher({ url: `/api/cases/${caseId}` })).json<{ comments: unknown[] }>().comments;
    expect(comments).toMatchObject([{ body: 'please hurry', author: { name: 'Staff' } }]);
    expect((await post(ask.stranger, `/api/cases/${caseId}/comment`, { body: 'hello' })).statusCode).toBe(404);
  });

  it('says, urges and releases once however often the same request comes, and refuses its key for another', async () => {
    const { caseId, task } = await start();
    const twice = async (who: Ask, url: string, body: object) => {
      const key = randomUUID();
      const answers = [await post(who, url, body, key), await post(who, url, body, key)];
      expect(answers.map(({ statusCode }) => statusCode)).not.toContain(409);
      expect(answers[1]!.json()).toEqual(answers[0]!.json());
      return key;
    };
    await post(ask.dispatcher, `/api/tasks/${task.id}/claim`, { assignment: task.assignment });
    await twice(ask.dispatcher, `/api/tasks/${task.id}/release`, { assignment: task.assignment, comment: 'off duty' });
    const urged = await twice(ask.staff, `/api/cases/${caseId}/urge`, {});
    const key = await twice(ask.staff, `/api/cases/${caseId}/comment`, { body: 'the door is open' });

    const reused = await post(ask.staff, `/api/cases/${caseId}/comment`, { body: 'it is shut' }, key);
    expect(reused.json()).toMatchObject({ status: 422, code: 'key_reused' });
    const { comments } = (await ask.staff({ url: `/api/cases/${caseId}` })).json<{ comments: { body: string }[] }>();
    expect(comments.map(({ body }) => body)).toEqual(['off duty', 'the door is open']);
    const { items } = (await ask.dispatcher({ url: '/api/notifications?limit=100' })).json<{
      items: { kind: string; caseId: string }[];
    }>();
    expect(items.filter((each) => each.caseId === caseId && each.kind === 'urge')).toHaveLength(1);

    await post(ask.staff, `/api/cases/${caseId}/withdraw`, { comment: 'found it' });
    expect((await post(ask.staff, `/api/cases/${caseId}/urge`, {}, urged)).statusCode).toBe(200);
    expect((await post(ask.staff, `/api/cases/${caseId}/urge`, {})).json()).toMatchObject({ code: 'case_closed' });
  });
});
