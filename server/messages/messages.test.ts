/** Messages between real cases: rule 25's interleavings forced, deliveries that crash, and what nobody takes. Real Postgres, real Temporal. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow, Handler } from '../../workflows/engine/flow.gen.ts';
import { deliverMessages, tidyMessages } from '../commands/messages/deliver.ts';
import { sweep } from '../commands/sweep.ts';
import type { Deps } from '../deps.ts';
import { createPerson } from '../testing/app.ts';
import { complete, createCaseStage, intend, openTask, type CaseStage } from '../testing/cases.ts';
import { dyingAfterRpc, dyingBeforeRpc, expireLeases } from '../testing/crashes.ts';
import {
  accept,
  aMessage,
  aSignal,
  becameOf,
  beginCase,
  comeDue,
  deliveriesOf,
  fresh,
  output,
  publishSteps,
  racing,
  receiving,
  sounding,
  telling,
  timesTaken,
  written,
} from '../testing/messages.ts';
import { after, choice, look, wait } from '../testing/rules.ts';

let stage: CaseStage;
let keeper: string;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  keeper = await createPerson(stage.test, { name: 'Keeper', roles: [{ role: 'admin' }] });
});
afterAll(() => stage.close());

const begin = (flow: string, { note = 'K-1', deps }: { note?: string; deps?: Deps } = {}) =>
  beginCase(stage, { flow, note, ...(deps && { deps }) });
/** A flow that waits for a message of the name first, and then for a person. */
const receiver = (name: string, more: Parameters<typeof receiving>[1] = {}) =>
  publishSteps(stage, [receiving(name, more), after]);
const deliver = (id: string, deps = stage.deps) => deliverMessages(deps, id);

describe('rule 25: a message and a wait', () => {
  it('that is there first takes it', async () => {
    const name = fresh('paid');
    const caseId = await begin(await receiver(name));
    const message = aMessage({ name });

    expect(await accept(stage, aMessage({ name, key: 'K-2' }))).toBe('dead');
    expect(await accept(stage, message)).toBe('pending');
    expect(await deliveriesOf(stage, message.id)).toEqual([[caseId, 'pending']]);
  });

  it('that opens later takes what came before only if it takes early ones', async () => {
    const name = fresh('paid');
    const [patient, early] = [await receiver(name), await receiver(name, { early: true })];
    const message = aMessage({ name });
    expect(await accept(stage, message)).toBe('early');

    await begin(patient);
    expect(await deliveriesOf(stage, message.id)).toEqual([]);
    const caseId = await begin(early);

    expect(await deliveriesOf(stage, message.id)).toEqual([[caseId, 'pending']]);
    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'pending' });
  });

  it('that the case had opened already, before the tables knew, takes it: it was not early', async () => {
    const name = fresh('paid');
    const caseId = await begin(await receiver(name), { deps: dyingAfterRpc(stage.deps) });
    const message = aMessage({ name });
    expect(await accept(stage, message)).toBe('dead');

    await expireLeases(stage.deps);
    await sweep(stage.deps);

    expect(await deliveriesOf(stage, message.id)).toEqual([[caseId, 'pending']]);
    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'pending', reason: null });
  });

  it.each([
    ['the message', true],
    ['the wait', true],
    ['the message', false],
    ['the wait', false],
  ])('meet exactly once when both come at one moment and %s is first (early: %s)', async (first, early) => {
    const name = fresh('paid');
    const flow = await receiver(name, early ? { early } : {});
    const message = aMessage({ name });
    const acts = [() => accept(stage, message), () => begin(flow)];
    if (first === 'the wait') acts.reverse();
    const waiting = (n: number) =>
      expect
        .poll(
          async () => {
            const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted
              and database = (select oid from pg_database where datname = current_database())`.execute(stage.deps.db);
            return rows.length;
          },
          { timeout: 15_000 },
        )
        .toBe(n);
    // Both stand before the lock of name and key, in this order.
    const running: Promise<unknown>[] = [];
    await stage.test.adminDb.transaction().execute(async (tx) => {
      await sql`select lock_message(${name}, 'K-1')`.execute(tx);
      for (const [n, act] of acts.entries()) {
        running.push(act());
        await waiting(n + 1);
      }
    });
    const caseId = String((await Promise.all(running))[first === 'the wait' ? 0 : 1]);

    expect(await deliveriesOf(stage, message.id)).toEqual([[caseId, 'pending']]);
    await deliver(message.id);
    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'taken' });
    expect(await timesTaken(stage, caseId)).toBe(1);
  });

  it('goes to the case that has waited longest, and the next one to the next', async () => {
    const name = fresh('paid');
    const flow = await receiver(name);
    const cases = [await begin(flow), await begin(flow), await begin(flow)];
    for (const caseId of cases) {
      const message = aMessage({ name });
      await accept(stage, message);
      expect(await deliveriesOf(stage, message.id)).toEqual([[caseId, 'pending']]);
    }
  });

  it('no longer meet when the case goes on', async () => {
    const [paid, storm] = [fresh('paid'), fresh('storm')];
    const caseId = await begin(await publishSteps(stage, racing(telling(paid), sounding(storm))));
    const signal = aSignal(storm);
    await accept(stage, signal);
    await deliver(signal.id);

    expect((await openTask(stage, caseId)).step).toBe('after');
    expect(await accept(stage, aMessage({ name: paid }))).toBe('dead');
  });
});

describe('a delivery', () => {
  const text = { 'zh-CN': '收到', en: 'Received' };
  const handler = (name: string, interrupting: boolean): Handler => ({
    id: 'told',
    title: text,
    ...telling(name),
    interrupting,
    steps: [choice('amount > 10')],
  });
  const weigh = choice('amount > 10');
  /** Where a message may be waited for. */
  const places: [string, (name: string) => { steps: Flow['steps']; on?: Handler[] }][] = [
    ['a receive', (name) => ({ steps: [receiving(name), weigh] })],
    ['a branch of a race', (name) => ({ steps: [...racing(sounding('never'), telling(name)).slice(0, 1), weigh] })],
    ['a handler in place of its step', (name) => ({ steps: [wait({ on: [handler(name, true)] })] })],
    ['a handler beside its step', (name) => ({ steps: [wait({ on: [handler(name, false)] })] })],
    ['a handler of the flow', (name) => ({ steps: [wait()], on: [handler(name, false)] })],
  ];

  it.each(places)('to %s writes what it says into the record, with the event, once', async (_place, made) => {
    const name = fresh('paid');
    const { steps, on } = made(name);
    const caseId = await begin(await publishSteps(stage, steps, on));
    const message = aMessage({ name });
    await accept(stage, message);

    await Promise.all([1, 2, 3].map(() => deliver(message.id)));

    expect(await written(stage, caseId)).toEqual({
      note: 'by card',
      amount: '12.50',
      patch: { note: 'by card', amount: 12.5 },
    });
    expect(await becameOf(stage, message.id)).toEqual({ state: 'taken', reason: null, fields: {} });
    expect(await timesTaken(stage, caseId)).toBe(1);
    // The engine chose by the new amount.
    expect((await openTask(stage, caseId, 'after')).step).toBe('after');
  });

  it.each([
    ['before the case heard of it', dyingBeforeRpc],
    ['after the case took it', dyingAfterRpc],
  ])('that a crash cut off %s comes again under the same id', async (_when, dying) => {
    const name = fresh('paid');
    const caseId = await begin(await publishSteps(stage, [receiving(name), receiving(name, { id: 'again' })]));
    const message = aMessage({ name });
    await accept(stage, message);
    await deliver(message.id, dying(stage.deps));
    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'pending' });
    expect(await written(stage, caseId)).toMatchObject({ amount: null });

    await comeDue(stage);
    await deliver(message.id);

    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'taken' });
    expect(await written(stage, caseId)).toMatchObject({ note: 'by card', amount: '12.50' });
    expect(await timesTaken(stage, caseId)).toBe(1);
  });

  it('to a case that waits no more goes to the next, and at last to where a person sees it', async () => {
    const [paid, storm] = [fresh('paid'), fresh('storm')];
    const flow = await publishSteps(stage, racing(telling(paid), sounding(storm)));
    const cases = [await begin(flow), await begin(flow)];
    // The cases have gone on, and the tables do not know.
    const signal = aSignal(storm);
    await accept(stage, signal);
    await deliver(signal.id, dyingAfterRpc(stage.deps));
    const message = aMessage({ name: paid });
    expect(await accept(stage, message)).toBe('pending');
    for (let n = 0; n < 3; n += 1) {
      expect(await deliveriesOf(stage, message.id)).toEqual(
        cases.slice(0, n + 1).map((caseId, at) => [caseId, at < n ? 'missed' : 'pending']),
      );
      await deliver(message.id);
    }

    expect(await becameOf(stage, message.id)).toMatchObject({ state: 'dead', reason: 'nobody_waits' });
    const told = await stage.test.adminDb
      .selectFrom('notification')
      .select('params')
      .where('kind', '=', 'message_dead')
      .where('person_id', '=', keeper)
      .where('dedupe', 'like', `message_dead:${message.id}:%`)
      .execute();
    expect(told).toEqual([{ params: { message: paid, key: 'K-1' } }]);
  });

  it('of a signal goes to every case that waits, once each, and there to all that wait', async () => {
    const storm = fresh('storm');
    const beside = (id: string, field: 'note' | 'amount'): Handler => ({
      ...sounding(storm),
      id,
      title: text,
      interrupting: false,
      output: { [field]: output[field] },
      steps: [{ ...after, id: `${id}_after` }],
    });
    const [twice, none] = [
      await publishSteps(stage, [wait({ on: [beside('first', 'note')] })], [beside('second', 'amount')]),
      await publishSteps(stage, [wait()]),
    ];
    const once = await publishSteps(stage, racing(sounding(storm), telling('never')));
    const cases = [await begin(twice), await begin(once)];
    await begin(none);
    const signal = aSignal(storm);
    await accept(stage, signal);
    await Promise.all([1, 2].map(() => deliver(signal.id)));

    expect(await deliveriesOf(stage, signal.id)).toEqual(cases.map((caseId) => [caseId, 'taken']));
    expect(await becameOf(stage, signal.id)).toMatchObject({ state: 'taken' });
    expect(await Promise.all(cases.map((caseId) => timesTaken(stage, caseId)))).toEqual([1, 1]);
    expect(await written(stage, cases[0]!)).toMatchObject({ note: 'by card', amount: '12.50' });
    const { tasks } = await look(stage, cases[0]!);
    expect(tasks.map(({ step }) => step).sort()).toEqual(['first_after', 'second_after', 'wait']);
  });

  it('of a signal for which nobody waits needs nobody', async () => {
    expect(await accept(stage, aSignal(fresh('storm')))).toBe('taken');
  });
});

it('an early one that nobody comes for is dead after its time', async () => {
  const name = fresh('paid');
  const flow = await receiver(name, { early: true });
  const message = aMessage({ name });
  await accept(stage, message);
  await sql`update message set expires_at = now() - interval '1 second' where id = ${message.id}`.execute(
    stage.test.adminDb,
  );
  await tidyMessages(stage.deps);

  expect(await becameOf(stage, message.id)).toMatchObject({ state: 'dead', reason: 'expired' });
  await begin(flow);
  expect(await deliveriesOf(stage, message.id)).toEqual([]);
});

it('what a case waits for is kept as its deltas say', async () => {
  const [paid, storm, more] = [fresh('paid'), fresh('storm'), fresh('more')];
  const reminded: Handler = {
    id: 'reminded',
    title: { 'zh-CN': '提醒', en: 'Reminded' },
    ...sounding(more),
    interrupting: false,
    steps: [],
  };
  const steps: Flow['steps'] = [
    ...racing(telling(paid), sounding(storm)).slice(0, 1),
    wait({ on: [reminded] }),
    receiving(more, { early: true }),
  ];
  const caseId = await begin(await publishSteps(stage, steps), { note: 'K-1' });
  const waits = async () => {
    const { rows } = await sql<{ wait: unknown[] }>`
      select jsonb_build_array(kind, name, key, early, step, part) as wait from case_await where case_id = ${caseId} order by id`.execute(
      stage.test.adminDb,
    );
    return rows.map((row) => row.wait);
  };
  const send = async (message: ReturnType<typeof aMessage>) => {
    await accept(stage, message);
    await deliver(message.id);
  };

  expect(await waits()).toEqual([
    ['message', paid, 'K-1', false, 'first_of', 'branches.0'],
    ['signal', storm, null, false, 'first_of', 'branches.1'],
  ]);
  await send(aMessage({ name: paid }));
  expect(await waits()).toEqual([['signal', more, null, false, 'wait', 'beside.reminded']]);
  const { id: taskId } = await openTask(stage, caseId);
  await complete(stage, { taskId, fields: {} }, intend(stage.cast.dispatcher));
  expect(await waits()).toEqual([['message', more, 'by card', true, 'paid', null]]);
  await send(aMessage({ name: more, key: 'by card' }));
  expect(await waits()).toEqual([]);
  expect(await look(stage, caseId)).toMatchObject({ status: 'completed' });
});
