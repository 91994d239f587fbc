import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Action, TaskDetail } from '#lib/api/types.gen.ts';
import { TaskWork } from './task.svelte.ts';

const approve: Action = {
  outcome: 'approve',
  label: { 'zh-CN': '同意', en: 'Approve' },
  intent: 'primary',
  comment: 'optional',
  signature: false,
  permissions: null,
  prepares: false,
  returnsTo: null,
  choices: [],
};

function aDetail(more: Partial<TaskDetail> = {}): TaskDetail {
  return {
    task: { id: 't1', caseId: 'c1', state: 'open', holder: { id: 'me', name: '何雪' } },
    assignment: 2,
    version: 7,
    mine: true,
    form: { key: 'repair', version: 1, schema: {}, layout: {} },
    permissions: { category: 'edit', phone: 'read' },
    fields: { category: 'water', phone: '13800000000' },
    labels: {},
    draft: null,
    guide: null,
    actions: [approve],
    allow: { claim: false, release: false, transfer: false, return: false },
    ownRows: {},
    returnTargets: [],
    explanation: { rule: 'pool', inputs: {}, labels: {} },
    timeline: [],
    position: [],
    ...more,
  } as unknown as TaskDetail;
}

let requests: { url: string; method: string; body: unknown; key: string | undefined }[] = [];
let answer: (url: string, method: string) => Response = () => new Response(null, { status: 204 });
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  requests = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const key = (init.headers as Record<string, string>)['idempotency-key'];
    requests.push({ url, method: init.method ?? '', body, key });
    return Promise.resolve(answer(url, init.method ?? ''));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function opened(detail = aDetail()): Promise<TaskWork> {
  answer = () => json(200, detail);
  const work = new TaskWork('t1');
  await work.load();
  requests = [];
  return work;
}

describe('opening', () => {
  it('goes on where the draft stopped', async () => {
    const work = await opened(
      aDetail({ draft: { fields: { category: 'door' }, comment: '在问', updatedAt: '2026-11-23T00:00:00Z' } }),
    );

    expect(work.fields).toEqual({ category: 'door', phone: '13800000000' });
    expect(work.comment).toBe('在问');
    expect(work.editable).toBe(true);
  });

  it('knows a task that is not there', async () => {
    answer = () => json(404, { code: 'not_found' });
    const work = new TaskWork('t1');

    await work.load();

    expect(work.state).toBe('missing');
  });
});

describe('deciding', () => {
  it('sends the writable fields with the assignment and version that were read', async () => {
    const work = await opened();
    work.fields.category = 'electricity';
    work.comment = ' 好 ';
    answer = () => json(200, { command: 'x', state: 'done', caseId: 'c1', opened: [] });

    await expect(work.complete(approve)).resolves.toBe(true);

    expect(requests[0]).toMatchObject({
      url: '/api/tasks/t1/complete',
      body: { outcome: 'approve', fields: { category: 'electricity' }, comment: '好', assignment: 2, version: 7 },
    });
    expect(work.decided).toBe(true);
  });

  it('keeps the task and what was written when signers follow, and is done with it when they come first', async () => {
    const work = await opened();
    work.comment = '看过了';
    answer = (url) => json(200, url.endsWith('/add-signers') ? { command: 'x', state: 'done', opened: [] } : aDetail());

    await expect(work.addSigners(['p2'], 'after', ' 请看 ')).resolves.toBe(true);
    expect(requests.map(({ url }) => url)).toEqual(['/api/tasks/t1/add-signers', '/api/tasks/t1']);
    expect(requests[0]?.body).toEqual({ persons: ['p2'], where: 'after', comment: '请看', assignment: 2 });
    expect([work.editable, work.decided, work.comment]).toEqual([true, false, '看过了']);

    await work.addSigners(['p2'], 'before', '');
    expect(work.decided).toBe(true);
  });

  it('says who is asked already', async () => {
    const work = await opened();
    answer = () => json(409, { code: 'signer_already', params: { person: { id: 'p2', name: '王五' } } });

    await expect(work.addSigners(['p2'], 'after', '')).resolves.toBe(false);
    expect([work.error, work.editable]).toEqual(['王五 已经在审批了。', true]);
  });

  it('stays readable and pending on 202', async () => {
    const work = await opened();
    answer = () => json(202, { command: 'x', state: 'pending', caseId: 'c1', opened: [] });

    await work.complete(approve);

    expect(work.pending).toBe(true);
    expect(work.editable).toBe(false);
  });

  it('keeps the text and names the winner of a lost race', async () => {
    const work = await opened();
    work.comment = '我的意见';
    answer = () => json(409, { code: 'task_closed', params: { by: '王五' } });

    await expect(work.complete(approve)).resolves.toBe(false);

    expect(work.lostTo).toBe('王五');
    expect(work.comment).toBe('我的意见');
    expect(work.editable).toBe(false);
  });

  it('shows both values of a clash and sends the newer version next', async () => {
    const work = await opened();
    answer = () =>
      json(409, {
        code: 'field_changed',
        params: { version: 9 },
        errors: [{ path: '/fields/category', code: 'field_changed', params: { theirs: 'door', by: '王五' } }],
      });
    await work.complete(approve);
    expect(work.conflicts).toEqual([{ field: 'category', mine: 'water', theirs: 'door', by: '王五' }]);

    const [conflict] = work.conflicts;
    work.resolve(conflict!, 'theirs');
    answer = () => json(200, { command: 'x', state: 'done', caseId: 'c1', opened: [] });
    await work.complete(approve);

    expect(requests.at(-1)?.body).toMatchObject({ version: 9, fields: { category: 'door' } });
  });

  it('uses a new key after a refusal', async () => {
    const work = await opened();
    answer = () => json(422, { code: 'invalid_fields', errors: [{ path: '/fields/category', code: 'required' }] });

    await work.complete(approve);
    await work.complete(approve);

    expect(work.errors).toEqual([{ path: '/category', code: 'required' }]);
    expect(requests[0]?.key).not.toBe(requests[1]?.key);
  });
});

describe('an act that prepares', () => {
  const approving = { ...approve, prepares: true };
  const answer200 = { set: { category: 'door', days: 3 }, labels: {}, problems: [] };

  it('asks while the form is filled and shows what it would set, without sending it', async () => {
    vi.useFakeTimers();
    const detail = aDetail({ actions: [approving], permissions: { category: 'edit', days: 'read' } });
    answer = (url) => json(200, url.endsWith('/prepare') ? answer200 : detail);
    const work = new TaskWork('t1');
    await work.load();
    work.fields.category = null;
    work.touched();
    await vi.advanceTimersByTimeAsync(400);

    const asked = requests.filter(({ url }) => url.endsWith('/prepare'));
    expect(asked.at(-1)?.body).toEqual({ outcome: 'approve', fields: { category: null } });
    expect(work.prepare.answer.set).toEqual({ category: 'door', days: 3 });
    expect(work.fields.category).toBe('door');
    answer = () => json(200, { command: 'x', state: 'done', caseId: 'c1', opened: [] });
    await work.complete(approving);
    expect(requests.at(-1)?.body).toMatchObject({ fields: { category: 'door' } });
    vi.useRealTimers();
  });

  it('reads again what is offered when its action no longer is, and says so', async () => {
    const work = await opened(aDetail({ actions: [approve, { ...approve, outcome: 'rework' }] }));
    answer = (_url, method) =>
      method === 'GET' ? json(200, aDetail({ actions: [approve] })) : json(409, { code: 'action_not_offered' });

    await work.complete({ ...approve, outcome: 'rework' });
    await vi.waitFor(() => {
      expect(work.detail?.actions).toEqual([approve]);
    });

    expect(work.error).toBe('这个操作现在不能用了，请看最新情况。');
    expect(work.editable).toBe(true);
  });
});

it('stopping the clock keeps what is being written', async () => {
  const work = await opened();
  work.fields.category = 'door';
  const pause = {
    since: '2026-11-24T02:00:00Z',
    until: '2026-11-26T01:00:00Z',
    reason: '等待配件',
    waitingFor: 'supplier' as const,
  };
  answer = (_url, method) =>
    json(
      200,
      method === 'GET'
        ? aDetail({ task: { ...aDetail().task, pause } })
        : { command: 'x', state: 'done', caseId: 'c1', opened: [] },
    );

  await expect(work.pause(pause.until, pause.reason, 'supplier')).resolves.toBe(true);

  expect(requests[0]).toMatchObject({
    url: '/api/tasks/t1/pause',
    body: { until: pause.until, reason: '等待配件', waitingFor: 'supplier', assignment: 2 },
  });
  expect(work.detail?.task.pause).toEqual(pause);
  expect(work.fields.category).toBe('door');
  expect(work.decided).toBe(false);
});

it('a hint that the task went to somebody else keeps what was written', async () => {
  const work = await opened();
  work.comment = '写到一半';
  work.fields.category = 'door';
  answer = () =>
    json(200, aDetail({ mine: false, task: { ...aDetail().task, state: 'done', holder: { id: 'w', name: '王五' } } }));

  await work.refresh();

  expect(work.lostTo).toBe('王五');
  expect(work.fields.category).toBe('door');
  expect(work.comment).toBe('写到一半');
});
