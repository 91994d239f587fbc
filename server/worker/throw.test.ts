/** What `throw` steps send, between real cases: once, to whoever waits, and seen where nobody does. Real Postgres, real Temporal. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow, Throw } from '../../workflows/engine/flow.gen.ts';
import { buildApp } from '../app.ts';
import { deliverMessages } from '../commands/messages/deliver.ts';
import type { App } from '../http.ts';
import { startId } from '../starts/start-id.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, type CaseStage } from '../testing/cases.ts';
import {
  becameOf,
  beginCase,
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
import { after, look } from '../testing/rules.ts';
import { perform } from './perform.ts';

let stage: CaseStage;
let app: App;
let keeper: Ask;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
  keeper = await asUser(app, await createPerson(stage.test, { name: 'Keeper', roles: [{ role: 'admin' }] }));
});
afterAll(async () => {
  await app.close();
  await stage.close();
});

const input = { text: '"from " + what', sum: '40 + 2.5' };
const common: Pick<Throw, 'id' | 'kind' | 'title'> = {
  id: 'tell',
  kind: 'throw',
  title: { 'zh-CN': '告知', en: 'Tell' },
};
const toOne = (name: string, given = input): Throw => ({ ...common, send: 'message', name, key: 'note', input: given });
const toAll = (name: string): Throw => ({ ...common, send: 'signal', name, input });

const begin = async (steps: Flow['steps'], note = 'K-1') =>
  beginCase(stage, { flow: await publishSteps(stage, steps), note, what: 'next door' });
const isAt = (caseId: string, step: string) =>
  expect
    .poll(async () => (await look(stage, caseId)).tasks.map((task) => task.step), { timeout: 15_000 })
    .toEqual([step]);
/** What the case has sent, by its only effect. */
async function sentBy(caseId: string): Promise<{ effect: number; rev: number; ids: string[] }> {
  const { rows: effects } = await sql<{ id: number; rev: number }>`
    select e.id, e.rev from effect e where case_id = ${caseId}`.execute(stage.test.adminDb);
  const { rows } = await sql<{ id: string }>`select id from message where from_case = ${caseId}`.execute(
    stage.test.adminDb,
  );
  const [effect] = effects;
  if (effect === undefined || effects.length > 1) throw new Error(`${effects.length} effects`);
  return { effect: effect.id, rev: effect.rev, ids: rows.map(({ id }) => id) };
}
/** A worker that died after sending: Temporal asks another one. */
async function askAgain(caseId: string, send: { name: string; key: string | null }): Promise<void> {
  const { effect, rev } = await sentBy(caseId);
  const activity = send.key === null ? 'signal.send' : 'message.send';
  await perform(stage.deps, { caseId, effect, rev, step: 'tell', activity, send }, 2);
}

describe('a case that throws a message', () => {
  const receiver = (name: string) => [receiving(name), after];

  it('tells the case that waits for it, once, and goes on', async () => {
    const name = fresh('ordered');
    const [other, hearing] = [await begin(receiver(name), 'K-2'), await begin(receiver(name))];

    const caseId = await begin([toOne(name), after]);

    await isAt(caseId, 'after');
    await isAt(hearing, 'after');
    expect(await written(stage, hearing)).toEqual({
      note: 'from next door',
      amount: '42.50',
      patch: { note: 'from next door', amount: 42.5 },
    });
    expect(await timesTaken(stage, other)).toBe(0);
    const { ids, effect } = await sentBy(caseId);
    expect(ids).toEqual([startId([caseId, String(effect)])]);
    await expect.poll(async () => (await becameOf(stage, ids[0]!))?.state, { timeout: 15_000 }).toBe('taken');
  });

  it('sends the same under the same id when its worker died, whatever the record says by then', async () => {
    const name = fresh('ordered');
    const [first, second] = [await begin(receiver(name)), await begin(receiver(name))];
    const caseId = await begin([toOne(name), after]);
    await isAt(caseId, 'after');
    await isAt(first, 'after');

    await sql`update record.errand set what = 'elsewhere' where id = ${caseId}`.execute(stage.test.adminDb);
    await askAgain(caseId, { name, key: 'K-1' });

    const { ids } = await sentBy(caseId);
    expect(ids).toHaveLength(1);
    await deliverMessages(stage.deps, ids[0]);
    await expect.poll(() => deliveriesOf(stage, ids[0]!), { timeout: 15_000 }).toEqual([[first, 'taken']]);
    expect([await timesTaken(stage, first), await timesTaken(stage, second)]).toEqual([1, 0]);
  });

  it('goes on when nobody waits; a person sees what nobody took', async () => {
    const name = fresh('ordered');
    const caseId = await begin([toOne(name), after]);
    await isAt(caseId, 'after');

    const { ids } = await sentBy(caseId);
    const { items } = (await keeper({ url: '/api/messages?state=dead' })).json<{ items: { id: string }[] }>();
    expect(items.filter(({ id }) => id === ids[0])).toMatchObject([
      { kind: 'message', name, key: 'K-1', reason: 'nobody_waits', fromCase: caseId, sentBy: null },
    ]);
    const { items: told } = (await keeper({ url: '/api/notifications' })).json<{ items: { params: object }[] }>();
    expect(told.map(({ params }) => params)).toContainEqual({ message: name, key: 'K-1' });
  });

  it('whose payload cannot be told waits for somebody, and has sent nothing', async () => {
    const name = fresh('ordered');
    const hearing = await begin(receiver(name));
    const caseId = await begin([toOne(name, { text: 'what', sum: 'count(for i in 1..9999999 return i)' }), after]);

    await expect
      .poll(async () => (await look(stage, caseId)).incidents, { timeout: 15_000 })
      .toMatchObject([{ code: 'activity_failed' }]);
    expect((await sentBy(caseId)).ids).toEqual([]);
    expect(await timesTaken(stage, hearing)).toBe(0);
  });
});

describe('a case that throws a signal', () => {
  it('tells all that wait, once each, and goes on', async () => {
    const name = fresh('storm');
    const hearing = racing(sounding(name, { output }), telling('never'));
    const cases = [await begin(hearing, 'K-1'), await begin(hearing, 'K-2')];
    const deaf = await begin(racing(sounding(fresh('storm')), telling('never')));

    const caseId = await begin([toAll(name), after]);

    await isAt(caseId, 'after');
    for (const each of cases) await isAt(each, 'after');
    await askAgain(caseId, { name, key: null });
    const { ids } = await sentBy(caseId);
    expect(ids).toHaveLength(1);
    await deliverMessages(stage.deps, ids[0]);
    await expect
      .poll(() => deliveriesOf(stage, ids[0]!), { timeout: 15_000 })
      .toEqual(cases.map((each) => [each, 'taken']));
    for (const each of cases) {
      expect(await timesTaken(stage, each)).toBe(1);
      expect(await written(stage, each)).toMatchObject({ note: 'from next door', amount: '42.50' });
    }
    expect(await timesTaken(stage, deaf)).toBe(0);
  });

  it('goes on when nobody waits', async () => {
    const caseId = await begin([toAll(fresh('storm')), after]);
    await isAt(caseId, 'after');
    const { ids } = await sentBy(caseId);
    expect(await becameOf(stage, ids[0]!)).toMatchObject({ state: 'taken' });
  });
});
