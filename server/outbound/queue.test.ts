import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPerson } from '../testing/app.ts';
import { createTestDb, type TestDb } from '../testing/database.ts';
import { aCommunity, anEmployee, aRepair, aResident, tell } from './testing.ts';

let test: TestDb;
let garden: string;

beforeAll(async () => {
  test = await createTestDb();
  garden = await aCommunity(test);
});
afterAll(() => test.drop());

const messages = (person: string) =>
  test.adminDb.selectFrom('outbound').selectAll().where('person_id', '=', person).orderBy('channel').execute();

/** In Shanghai's time, whatever the clock of this test says. */
async function afterQuiet(at: string, zone: string, from: string | null, to: string | null): Promise<string> {
  const { rows } = await sql<{ at: Date }>`
    select after_quiet(${at}::timestamptz, ${zone}, ${from}::time, ${to}::time) as at`.execute(test.adminDb);
  return rows[0]!.at.toISOString();
}

describe('messages of a notification', () => {
  it('go by mail and SMS to a resident, in their language, with the address as it is now', async () => {
    const lin = await aResident(test, { phone: '10000000001', email: 'lin@example.com', locale: 'en' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    await tell(test, { person: lin, kind: 'task_opened', of: repair });
    await sql`update record.party set phone = '10000000002'`.execute(test.adminDb);
    const [mail, sms] = await messages(lin);

    expect(mail).toMatchObject({ channel: 'mail', address: 'lin@example.com', language: 'en', state: 'queued' });
    expect(mail!.subject).toMatch(/^\[.*\] WX-.*is yours$/);
    expect(mail!.text).toContain('Hello 林晓,');
    expect(mail!.text).toContain('“3-2-1804 厨房漏水”');
    expect(mail!.text).not.toMatch(/[{}]/);
    expect(mail!.path).toBe(`/portal/tasks/${repair.taskId}`);
    expect(mail!.community_id).toBe(garden);
    expect(sms).toMatchObject({ channel: 'sms', address: '10000000001', subject: null });
    expect(sms!.params).toMatchObject({ number: repair.number, name: '林晓' });
  });

  it('are in the language of the house for who has chosen none, with times of the community', async () => {
    const chen = await anEmployee(test, { phone: '10000000003' });
    const repair = await aRepair(test, { initiator: chen, communityId: garden });
    await tell(test, { person: chen, kind: 'task_overdue', of: repair });
    const [sms, ...others] = await messages(chen);

    expect(others).toEqual([]);
    expect(sms!.text).toMatch(/已超时，请立即处理。$/);
    expect(sms!.params).toMatchObject({ due: '11-24 10:30' });
    expect(sms!.path).toBe(`/inbox?view=mine&task=${repair.taskId}`);
  });

  it('reach employees by their work e-mail', async () => {
    const chen = await anEmployee(test, { email: 'chen@example.com', locale: 'en' });
    const repair = await aRepair(test, { initiator: chen, communityId: garden });
    await tell(test, { person: chen, kind: 'urge', of: repair, by: chen });
    const [mail] = await messages(chen);

    expect(mail).toMatchObject({ channel: 'mail', address: 'chen@example.com' });
    expect(mail!.text).toMatch(/^Hello 陈志强,\n\n陈志强 asks you to see to/);
  });

  it('name the house where no person is behind it', async () => {
    const chen = await anEmployee(test, { email: 'chen@example.com' });
    const repair = await aRepair(test, { initiator: chen, communityId: garden });
    await tell(test, { person: chen, kind: 'task_transferred', of: repair });

    expect((await messages(chen))[0]!.text).toContain('管家把「3-2-1804 厨房漏水」');
  });

  it('are written once however often the fact is', async () => {
    const lin = await aResident(test, { phone: '10000000004' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    const fact = { person: lin, kind: 'case_completed', of: repair, dedupe: `${repair.id}:1` };
    await tell(test, fact);
    await tell(test, fact);

    expect(await messages(lin)).toHaveLength(1);
  });

  it('are not without the notification', async () => {
    const lin = await aResident(test, { phone: '10000000005' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    const undone = test.adminDb.transaction().execute(async (tx) => {
      await sql`insert into notification (person_id, case_id, kind) values (${lin}, ${repair.id}, 'case_completed')`.execute(
        tx,
      );
      const { rows } = await sql`select from outbound where person_id = ${lin}`.execute(tx);
      expect(rows).toHaveLength(1);
      throw new Error('something else failed');
    });

    await expect(undone).rejects.toThrow('something else failed');
    expect(await messages(lin)).toEqual([]);
  });

  it('go only to whom the table says, where an address is known', async () => {
    const chen = await anEmployee(test, { phone: '10000000006' });
    const nobody = await createPerson(test);
    const lin = await aResident(test);
    const repair = await aRepair(test, { initiator: chen, communityId: garden });
    await tell(test, { person: chen, kind: 'task_opened', of: repair });
    await tell(test, { person: chen, kind: 'command_refused', of: repair });
    for (const person of [nobody, lin]) await tell(test, { person, kind: 'escalation', of: repair });

    for (const person of [chen, nobody, lin]) expect(await messages(person)).toEqual([]);
  });

  it('respect what a person declined, but for what is required', async () => {
    const lin = await aResident(test, { phone: '10000000007' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    await test.adminDb.insertInto('notice_choice').values({ person_id: lin, channel: 'sms', wanted: false }).execute();
    await tell(test, { person: lin, kind: 'case_completed', of: repair });
    await tell(test, { person: lin, kind: 'case_cancelled', of: repair });

    expect((await messages(lin)).map(({ kind }) => kind)).toEqual(['case_cancelled']);
  });

  it('take values as they are, even one that looks like a name of another', async () => {
    const lin = await aResident(test, { email: 'x@example.com', name: '{title}' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    await tell(test, { person: lin, kind: 'case_completed', of: repair });

    expect((await messages(lin))[0]!.text).toContain('您好，{title}：');
  });
});

describe('quiet hours', () => {
  const quiet = ['Asia/Shanghai', '21:00', '08:00'] as const;

  it('go over midnight in the zone of the community', async () => {
    expect(await afterQuiet('2026-11-24T12:59:59Z', ...quiet)).toBe('2026-11-24T12:59:59.000Z');
    expect(await afterQuiet('2026-11-24T13:00:00Z', ...quiet)).toBe('2026-11-25T00:00:00.000Z');
    expect(await afterQuiet('2026-11-24T23:59:00Z', ...quiet)).toBe('2026-11-25T00:00:00.000Z');
    expect(await afterQuiet('2026-11-25T00:00:00Z', ...quiet)).toBe('2026-11-25T00:00:00.000Z');
    expect(await afterQuiet('2026-11-24T13:00:00Z', 'Europe/Berlin', '21:00', '08:00')).toBe(
      '2026-11-24T13:00:00.000Z',
    );
  });

  it('may lie within a day, and there may be none', async () => {
    expect(await afterQuiet('2026-11-24T05:00:00Z', 'Asia/Shanghai', '12:00', '14:00')).toBe(
      '2026-11-24T06:00:00.000Z',
    );
    expect(await afterQuiet('2026-11-24T13:00:00Z', 'Asia/Shanghai', null, null)).toBe('2026-11-24T13:00:00.000Z');
  });

  it('hold back SMS, but neither mail nor an emergency', async () => {
    const lin = await aResident(test, { phone: '10000000008', email: 'q@example.com' });
    const of = (urgency: string) => aRepair(test, { initiator: lin, communityId: garden, urgency });
    await tell(test, { person: lin, kind: 'case_completed', of: await of('normal') });
    await tell(test, { person: lin, kind: 'case_cancelled', of: await of('urgent') });
    const found = (await messages(lin)).map(({ channel, kind, quiet_from, quiet_to }) => [
      channel,
      kind,
      quiet_from,
      quiet_to,
    ]);

    expect(found.sort()).toEqual([
      ['mail', 'case_cancelled', null, null],
      ['mail', 'case_completed', null, null],
      ['sms', 'case_cancelled', null, null],
      ['sms', 'case_completed', '21:00:00', '08:00:00'],
    ]);
  });

  it('are waited for by what is written in them', async () => {
    await sql`update notice_rule set quiet_from = l - interval '1 hour', quiet_to = l + interval '5 hours'
      from (select (now() at time zone 'Asia/Shanghai')::time as l) x where kind = 'case_completed' and channel = 'sms'`.execute(
      test.adminDb,
    );
    const lin = await aResident(test, { phone: '10000000009' });
    const repair = await aRepair(test, { initiator: lin, communityId: garden });
    await tell(test, { person: lin, kind: 'case_completed', of: repair });
    const [sms] = await messages(lin);
    const waitHours = (sms!.next_at.getTime() - sms!.created_at.getTime()) / 3_600_000;

    expect(waitHours).toBeCloseTo(5, 2);
  });
});
