/**
 * Messages against the tables, with the case's side played: rule 25's interleavings forced, deliveries that crash, and what nobody takes. That
 * a case of a real worker takes them is the receive step's own test.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Await, DeltaEntry } from '../../workflows/engine/types.ts';
import type { MessageAnswer, MessageMessage } from '../../workflows/messages.ts';
import { buildApp } from '../app.ts';
import { applyDelta } from '../commands/apply/index.ts';
import { acceptMessage, type Incoming } from '../commands/messages/accept.ts';
import { keepAwaits } from '../commands/messages/awaits.ts';
import { deliverMessages, tidyMessages } from '../commands/messages/deliver.ts';
import { inCase } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http.ts';
import { driveStarts } from '../starts/drive.ts';
import { publishFlow } from '../definitions/flows.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, startErrand, type CaseStage } from '../testing/cases.ts';
import { errandFlow } from '../testing/errand.ts';

let stage: CaseStage;
let app: App;
let ask: Ask;
let keeper: string;
let caseId: string;
beforeAll(async () => {
  stage = await createCaseStage();
  // What a receiver of these names says in the definition; nothing else of it matters here.
  const handlers = [
    { id: 'x', catch: 'message', name: 'paid', early: true, output: { note: 'text', amount: 'sum' }, steps: [] },
  ];
  await sql`update flow_version set definition = definition || ${JSON.stringify({ on: handlers })}::jsonb where flow = 'errand'`.execute(
    stage.test.adminDb,
  );
  await stage.worker();
  keeper = await createPerson(stage.test, { name: 'Keeper', roles: [{ role: 'admin' }] });
  app = await buildApp(stage.deps);
  ask = await asUser(app, keeper);
});
beforeEach(async () => {
  for (const table of ['message_delivery', 'message', 'case_await', 'automatic_start'])
    await sql`delete from ${sql.table(table)}`.execute(stage.test.adminDb);
  caseId = (await startErrand(stage)).caseId;
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const anAwait = (given: Partial<Await> = {}): Await => ({
  id: 7,
  kind: 'message',
  name: 'paid',
  key: 'K-1',
  early: false,
  step: null,
  part: 'instead.x',
  ...given,
});
const aMessage = (given: Partial<Incoming> = {}): Incoming => ({
  id: randomUUID(),
  kind: 'message',
  name: 'paid',
  key: 'K-1',
  fields: { text: 'by card', sum: 12.5 },
  communityId: null,
  by: null,
  fromCase: null,
  ...given,
});
const past = () => Date.now() - 60_000;
const open = (awaits: Await[], at = past(), of = caseId) =>
  inCase(stage.deps.db, of, (tx) => keepAwaits(tx, of, { awaits, at }));
const accept = (message: Incoming) => acceptMessage(stage.deps.db, message);
async function deliveries() {
  const { rows } = await sql<{ case: string; await: number; state: string }>`
    select case_id as case, await_id as await, state from message_delivery order by case_id, await_id`.execute(
    stage.test.adminDb,
  );
  return rows;
}
async function stateOf(id: string) {
  const { rows } = await sql<{ state: string; reason: string | null; fields: object }>`
    select state, reason, fields from message where id = ${id}`.execute(stage.test.adminDb);
  return rows[0];
}

/** The case's side: what it is told, and what it answers. */
function played(answer: (message: MessageMessage, of: string) => Promise<MessageAnswer> | MessageAnswer): {
  deps: Deps;
  told: MessageMessage[];
} {
  const told: MessageMessage[] = [];
  const workflow = {
    getHandle: (of: string) => ({
      executeUpdate: (_update: unknown, { args: [message] }: { args: [MessageMessage] }) => {
        told.push(message);
        return Promise.resolve(answer(message, of));
      },
    }),
  };
  const temporal = { workflow, withDeadline: (_until: number, run: () => Promise<unknown>) => run() };
  return { deps: { ...stage.deps, temporal: temporal as unknown as Deps['temporal'] }, told };
}
const notTaken: MessageAnswer = { taken: false, rev: null, entries: [], open: { ids: [] } };

/** The case took it: its next entry, as the engine would write it. */
async function taken(message: MessageMessage, of: string): Promise<MessageAnswer> {
  const { rows } = await sql<{ rev: number; tasks: string[]; position: string[] }>`
    select applied_rev as rev, position, array(select id from task t where t.case_id = c.id and state = 'open') as tasks from "case" c where id = ${of}`.execute(
    stage.test.adminDb,
  );
  const { rev, tasks, position } = rows[0]!;
  const { id, name, key, vars, patch } = message;
  const entry = {
    rev: rev + 1,
    at: Date.now(),
    flowVersion: 1,
    event: { type: 'timer_fired', step: null, task: null, actor: null, command: null, data: {} },
    consumed: { type: 'message', id, name, key, vars, patch },
    patchEffect: null,
    opened: [],
    changed: [],
    closed: [],
    notices: [],
    effects: [],
    case: { status: 'running', outcome: null, position, incidents: [], awaits: [] },
  } as unknown as DeltaEntry;
  return { taken: true, rev: rev + 1, entries: [entry], open: { ids: tasks } };
}

describe('rule 25: a message and a wait', () => {
  it('that is there first takes it', async () => {
    await open([anAwait()]);
    expect(await accept(aMessage())).toBe('pending');
    expect(await deliveries()).toEqual([{ case: caseId, await: 7, state: 'pending' }]);
  });

  it('that opens later takes what came before only if it takes early ones', async () => {
    const message = aMessage();
    expect(await accept(message)).toBe('early');
    await open([anAwait()], Date.now() + 60_000);
    expect(await deliveries()).toEqual([]);
    await open([anAwait(), anAwait({ id: 8, early: true })], Date.now() + 60_000);
    expect(await deliveries()).toEqual([{ case: caseId, await: 8, state: 'pending' }]);
    expect(await stateOf(message.id)).toMatchObject({ state: 'pending' });
  });

  it('that the engine had opened already, before the tables knew, takes it: it was not early', async () => {
    const message = aMessage({ name: 'seen' });
    expect(await accept(message)).toBe('dead');
    await open([anAwait({ name: 'seen' })], past());
    expect(await deliveries()).toHaveLength(1);
    expect(await stateOf(message.id)).toMatchObject({ state: 'pending', reason: null });
  });

  it.each(['the message', 'the wait'])(
    'meet exactly once when both come at one moment and %s is first',
    async (first) => {
      const { adminDb } = stage.test;
      const message = aMessage();
      const acts = [() => accept(message), () => open([anAwait({ early: true })])];
      if (first === 'the wait') acts.reverse();
      const waiting = async (n: number): Promise<void> => {
        await expect
          .poll(async () => {
            const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`.execute(stage.deps.db);
            return rows.length;
          })
          .toBe(n);
      };
      // Both stand before the lock of name and key, in this order.
      const running: Promise<unknown>[] = [];
      await adminDb.transaction().execute(async (tx) => {
        await sql`select lock_message('paid', 'K-1')`.execute(tx);
        for (const [n, act] of acts.entries()) {
          running.push(act());
          await waiting(n + 1);
        }
      });
      await Promise.all(running);

      expect(await deliveries()).toEqual([{ case: caseId, await: 7, state: 'pending' }]);
      expect(await stateOf(message.id)).toMatchObject({ state: 'pending' });
    },
  );

  it('goes to the case that has waited longest, and the next one to the next', async () => {
    const other = (await startErrand(stage)).caseId;
    await open([anAwait()], past(), caseId);
    await open([anAwait()], past() - 1000, other);
    await accept(aMessage());
    expect((await deliveries()).map((each) => each.case)).toEqual([other]);
    await accept(aMessage());
    expect((await deliveries()).map((each) => each.case).sort()).toEqual([caseId, other].sort());
  });

  it('no longer meet when the case goes on', async () => {
    await open([anAwait()]);
    await open([]);
    expect(await accept(aMessage({ name: 'seen' }))).toBe('dead');
  });
});

describe('a delivery', () => {
  it('writes what the receiver says into the record, with the event, once', async () => {
    await open([anAwait()]);
    const message = aMessage();
    await accept(message);
    const { deps, told } = played(taken);
    await Promise.all([1, 2, 3].map(() => deliverMessages(deps)));

    expect(told).toEqual([
      {
        id: message.id,
        kind: 'message',
        name: 'paid',
        key: 'K-1',
        vars: expect.any(Object) as object,
        patch: message.id,
        acked: 0,
      },
    ]);
    const { rows } = await sql<{ note: string; amount: string; patch: object }>`
      select r.note, r.amount, (select patch from case_event e where e.case_id = r.id order by rev desc limit 1) as patch
      from record.errand r where id = ${caseId}`.execute(stage.test.adminDb);
    expect(rows).toEqual([{ note: 'by card', amount: '12.50', patch: { note: 'by card', amount: 12.5 } }]);
    expect(await stateOf(message.id)).toEqual({ state: 'taken', reason: null, fields: {} });
  });

  it('that a crash cut off comes again under the same id', async () => {
    await open([anAwait()]);
    const message = aMessage();
    await accept(message);
    const dying = played(() => Promise.reject(new Error('the process died')));
    await deliverMessages(dying.deps);
    expect(await stateOf(message.id)).toMatchObject({ state: 'pending' });

    await sql`update message_delivery set next_at = now()`.execute(stage.test.adminDb);
    const { deps, told } = played(taken);
    await deliverMessages(deps);
    expect(told.map(({ id }) => id)).toEqual([message.id]);
    expect(await stateOf(message.id)).toMatchObject({ state: 'taken' });
  });

  it('to a case that waits no more goes to the next, and at last to where a person sees it', async () => {
    const other = (await startErrand(stage)).caseId;
    await open([anAwait({ name: 'seen' })], past() - 1000, caseId);
    await open([anAwait({ name: 'seen' })], past(), other);
    const message = aMessage({ name: 'seen' });
    await accept(message);
    const asked: string[] = [];
    const { deps } = played((_message, of) => {
      asked.push(of);
      return notTaken;
    });
    for (let n = 0; n < 3; n++) await deliverMessages(deps);

    expect(asked).toEqual([caseId, other]);
    expect(await stateOf(message.id)).toMatchObject({ state: 'dead', reason: 'nobody_waits' });
    const told = await stage.test.adminDb
      .selectFrom('notification')
      .select('params')
      .where('kind', '=', 'message_dead')
      .where('person_id', '=', keeper)
      .execute();
    expect(told.at(-1)?.params).toEqual({ message: 'seen', key: 'K-1' });
  });

  it('of a signal goes to every case that waits, once each', async () => {
    const other = (await startErrand(stage)).caseId;
    const wait = { kind: 'signal', name: 'storm', key: null } as const;
    await open([anAwait(wait), anAwait({ ...wait, id: 8 })], past(), caseId);
    await open([anAwait(wait)], past(), other);
    const signal = aMessage({ ...wait });
    await accept(signal);
    const asked: string[] = [];
    const { deps } = played((_message, of) => {
      asked.push(of);
      return notTaken;
    });
    for (let n = 0; n < 2; n++) await deliverMessages(deps);

    expect(asked.sort()).toEqual([caseId, other].sort());
    expect(await stateOf(signal.id)).toMatchObject({ state: 'taken' });
  });
});

describe('the API', () => {
  const send = (body: object, as = ask) => as({ method: 'POST', url: '/api/messages', payload: body });

  it('takes a message once, and refuses another under its id', async () => {
    const body = { id: randomUUID(), name: 'unheard', key: 'K-9', fields: { a: 1 } };
    const answers = [await send(body), await send(body)];
    expect(answers.map((answer) => [answer.statusCode, answer.json<{ state: string }>().state])).toEqual([
      [202, 'dead'],
      [202, 'dead'],
    ]);
    expect((await send({ ...body, key: 'K-10' })).json()).toMatchObject({ status: 422, code: 'key_reused' });
    expect((await send(body, await asUser(app, stage.cast.staff))).statusCode).toBe(403);
    expect((await send({ ...body, name: 'Not a name' })).statusCode).toBe(422);
  });

  it('shows what nobody took; it is tried again once somebody waits, or let be', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    for (const id of [one, two]) await send({ id, name: 'unheard', key: 'K-9', fields: { text: 'x' } });
    const list = async () =>
      (await ask({ url: '/api/messages?state=dead' })).json<{ items: { id: string; reason: string }[] }>().items;
    expect((await list()).map(({ id, reason }) => [id, reason]).sort()).toEqual(
      [
        [one, 'nobody_waits'],
        [two, 'nobody_waits'],
      ].sort(),
    );

    const act = (id: string, name: string) => ask({ method: 'POST', url: `/api/messages/${id}/${name}` });
    expect((await act(two, 'discard')).json()).toEqual({ id: two, state: 'discarded' });
    expect((await act(two, 'retry')).statusCode).toBe(409);
    expect((await act(one, 'retry')).json()).toEqual({ id: one, state: 'dead' });
    await open([anAwait({ name: 'unheard', key: 'K-9' })], Date.now() + 60_000);
    expect((await act(one, 'retry')).json()).toEqual({ id: one, state: 'pending' });
    expect((await act(randomUUID(), 'discard')).statusCode).toBe(404);
  });

  it('starts the flows that start by the message, one case a message and for a key one at a time', async () => {
    const text = (en: string) => ({ 'zh-CN': en, en });
    await publishFlow(
      stage.test.adminDb,
      {
        ...errandFlow,
        key: 'leak',
        title: text('Leak'),
        start: {
          ...errandFlow.start,
          fields: { what: 'required', note: 'edit' },
          on: [
            {
              id: 'sensor',
              by: 'message',
              name: 'leak',
              oneAKey: true,
              fields: { what: 'message.place', note: 'key' },
            },
          ],
        },
      },
      { note: null, by: null },
    );
    const bodies = ['S-1', 'S-1', 'S-2'].map((key) => ({
      id: randomUUID(),
      name: 'leak',
      key,
      fields: { place: `cellar ${key}` },
    }));
    for (const body of [...bodies, ...bodies])
      expect((await send(body)).json()).toEqual({ id: body.id, state: 'started' });
    await driveStarts(stage.deps);
    await driveStarts(stage.deps);

    const { rows } = await sql<{ what: string; note: string }>`
      select r.what, r.note from "case" c join record.errand r on r.id = c.id where c.flow = 'leak' order by r.note`.execute(
      stage.test.adminDb,
    );
    expect(rows).toEqual([
      { what: 'cellar S-1', note: 'S-1' },
      { what: 'cellar S-2', note: 'S-2' },
    ]);
  });
});

it('an early one that nobody comes for is dead after its time', async () => {
  const message = aMessage();
  await accept(message);
  await sql`update message set expires_at = now() - interval '1 second'`.execute(stage.test.adminDb);
  await tidyMessages(stage.deps);
  expect(await stateOf(message.id)).toMatchObject({ state: 'dead', reason: 'expired' });
});

it('what a case waits for is kept as its deltas say', async () => {
  const wait = async (awaits: Await[]) => {
    const answer = await taken(
      { id: randomUUID(), kind: 'message', name: 'x', key: 'y', vars: {}, patch: null, acked: 0 },
      caseId,
    );
    const [entry] = answer.entries;
    await applyDelta(stage.deps.db, {
      caseId,
      entries: [{ ...entry!, case: { ...entry!.case, awaits } }],
      ...(answer.open && { open: answer.open }),
    });
    const { rows } = await sql<{ id: number }>`select id from case_await where case_id = ${caseId} order by id`.execute(
      stage.test.adminDb,
    );
    return rows.map(({ id }) => id);
  };

  expect(await wait([anAwait(), anAwait({ id: 9, key: 'other' })])).toEqual([7, 9]);
  expect(await wait([anAwait({ id: 9, key: 'other' })])).toEqual([9]);
  expect(await wait([])).toEqual([]);
});
