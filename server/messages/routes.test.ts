/** The API of messages and signals: sending them, and seeing and mending what nobody took. Real Postgres, real Temporal. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { publishFlow } from '../definitions/flows.ts';
import type { App } from '../http.ts';
import { driveStarts } from '../starts/drive.ts';
import { asUser, createPerson, type Ask } from '../testing/app.ts';
import { createCaseStage, openTask, type CaseStage } from '../testing/cases.ts';
import { errandFlow } from '../testing/errand.ts';
import { becameOf, beginCase, publishSteps, receiving, written } from '../testing/messages.ts';
import { after } from '../testing/rules.ts';

let stage: CaseStage;
let app: App;
let ask: Ask;
beforeAll(async () => {
  stage = await createCaseStage();
  await stage.worker();
  app = await buildApp(stage.deps);
  ask = await asUser(app, await createPerson(stage.test, { name: 'Keeper', roles: [{ role: 'admin' }] }));
});
afterAll(async () => {
  await app.close();
  await stage.close();
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
    const [one, two]: [string, string] = [randomUUID(), randomUUID()];
    for (const id of [one, two]) await send({ id, name: 'unheard', key: 'K-9', fields: { text: 'x' } });
    const list = async () =>
      (await ask({ url: '/api/messages?state=dead' })).json<{ items: { id: string; reason: string }[] }>().items;
    const mine = (await list()).filter(({ id }) => [one, two].includes(id));
    expect(mine.map(({ id, reason }) => [id, reason]).sort()).toEqual(
      [
        [one, 'nobody_waits'],
        [two, 'nobody_waits'],
      ].sort(),
    );

    const act = (id: string, name: string) => ask({ method: 'POST', url: `/api/messages/${id}/${name}` });
    expect((await act(two, 'discard')).json()).toEqual({ id: two, state: 'discarded' });
    expect((await act(two, 'retry')).statusCode).toBe(409);
    expect((await act(one, 'retry')).json()).toEqual({ id: one, state: 'dead' });
    const caseId = await beginCase(stage, {
      flow: await publishSteps(stage, [receiving('unheard'), after]),
      note: 'K-9',
    });
    expect((await act(one, 'retry')).json()).toEqual({ id: one, state: 'pending' });
    expect(await becameOf(stage, one)).toMatchObject({ state: 'taken' });
    expect(await written(stage, caseId)).toMatchObject({ note: 'x' });
    expect((await openTask(stage, caseId)).step).toBe('after');
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
