/** People rules of the second day: in turns, by the duty roster (protocol.md rule 17). Only Postgres is asked. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asPerson } from '../db/as.ts';
import { insertRecord, loadForm } from '../db/records/index.ts';
import { publishForm } from '../definitions/forms.ts';
import { createPerson } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { resolvePeople } from './resolve-people.ts';

const text = (en: string) => ({ 'zh-CN': en, en });
const dutyForm = {
  schema: {
    title: 'Duty',
    type: 'object',
    additionalProperties: false,
    'x-key': 'duty',
    'x-kind': 'register',
    'x-title': text('Duty'),
    'x-local': true,
    'x-label': '{role}',
    required: ['person', 'role', 'from', 'to'],
    properties: {
      person: { type: 'string', format: 'uuid', 'x-field': 'person', 'x-title': text('Person') },
      role: { type: 'string', 'x-field': 'text', 'x-title': text('Role') },
      from: { type: 'string', format: 'date-time', 'x-field': 'dateTime', 'x-title': text('From') },
      to: { type: 'string', format: 'date-time', 'x-field': 'dateTime', 'x-title': text('To') },
    },
  },
  layout: { sections: [{ fields: ['person', 'role', 'from', 'to'] }], list: ['person'] },
};

let test: TestDb;
let admin: string;
let [here, there]: string[] = [];
let first: string;
let second: string;
let elsewhere: string;

beforeAll(async () => {
  test = await createTestDb();
  admin = await createPerson(test, { roles: [{ role: 'admin' }] });
  const community = await loadForm(test.db, 'community');
  const add = (code: string) =>
    asPerson(test.db, admin, async (tx) => {
      const fields = { code, name: code, address: '一号路', timeZone: 'Asia/Shanghai' };
      return (await insertRecord(tx, community, { communityId: null, fields, by: admin })).id;
    });
  [here, there] = [await add('A'), await add('B')];
  const technician = (communityId: string) => createPerson(test, { roles: [{ role: 'technician', communityId }] });
  [first, second, elsewhere] = [await technician(here), await technician(here), await technician(there)];
});
beforeEach(() => sql`delete from task`.execute(test.adminDb));
afterAll(() => test.drop());

const find = async (rule: 'roundRobin' | 'onDuty', community: string | null = here!) => {
  const request = { caseId: admin, assign: { rule, role: 'technician' }, community, initiator: admin, previous: null };
  return resolvePeople(test, request);
};
/** A task that the person was given so many minutes ago; done or not makes no difference. */
async function give(person: string, minutesAgo: number): Promise<void> {
  await sql`insert into "case" (id, number, flow, flow_version, form, form_version, initiator, title, status)
    select ${admin}::uuid, 'T', flow, version, f.form, v.form_version, ${admin}::uuid, 'T', 'running'
    from flow_version v join flow f on f.key = v.flow limit 1 on conflict do nothing`.execute(test.adminDb);
  await sql`insert into task (id, case_id, flow, step, kind, state, assignee, assignment, opened_at, opened_rev, rev)
    values (${`${person}-${minutesAgo}`}, ${admin}::uuid, 'x', 'x', 'userTask', 'done', ${person}::uuid, 1,
      now() - make_interval(mins => ${minutesAgo}), 1, 1)`.execute(test.adminDb);
}

it('rule 17: takes people in turns: whose last task is oldest, one who had none first, nobody of another community', async () => {
  await give(first, 30);
  expect((await find('roundRobin')).persons).toEqual([second]);
  await give(second, 10);
  expect((await find('roundRobin')).persons).toEqual([first]);
  await give(first, 1);
  expect(await find('roundRobin')).toEqual({
    persons: [second],
    explanation: { rule: 'roundRobin', inputs: { role: 'technician', community: here } },
  });
  expect((await find('roundRobin', there)).persons).toEqual([elsewhere]);
});

it('finds who is on duty now, in this community, and nobody without a roster', async () => {
  expect((await find('onDuty')).persons).toEqual([]);

  await publishForm(test.adminDb, dutyForm, { note: null, by: null });
  const duty = await loadForm(test.db, 'duty');
  const hour = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const roster = (person: string, communityId: string, [from, to]: [number, number], role = 'technician') =>
    asPerson(test.db, admin, (tx) => {
      const fields = { person, role, from: hour(from), to: hour(to) };
      return insertRecord(tx, duty, { communityId, fields, by: admin });
    });
  await roster(first, here!, [-20, -10]);
  await roster(second, here!, [10, 20]);
  await roster(first, here!, [-1, 1], 'dispatcher');
  await roster(elsewhere, there!, [-1, 1]);
  expect((await find('onDuty')).persons).toEqual([]);

  await roster(second, here!, [-1, 1]);
  expect((await find('onDuty')).persons).toEqual([second]);
  await roster(first, here!, [-1, 1]);
  await give(first, 30);
  await give(second, 10);
  expect((await find('onDuty')).persons).toEqual([first]);

  await sql`update person set disabled_at = now() where id = ${first}`.execute(test.adminDb);
  expect((await find('onDuty')).persons).toEqual([second]);
});
