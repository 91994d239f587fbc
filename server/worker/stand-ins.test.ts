/** Who is asked by the rules that look at the organisation, and who instead of the absent (ux.md thread 17; protocol.md rule 17). */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assign } from '../../workflows/engine/flow.gen.ts';
import type { ResolveRequest } from '../../workflows/activities.ts';
import { publishForm } from '../definitions/forms.ts';
import employee from '../../forms/staff/employee.schema.json' with { type: 'json' };
import employeeLayout from '../../forms/staff/employee.layout.json' with { type: 'json' };
import department from '../../forms/staff/department.schema.json' with { type: 'json' };
import departmentLayout from '../../forms/staff/department.layout.json' with { type: 'json' };
import post from '../../forms/staff/post.schema.json' with { type: 'json' };
import postLayout from '../../forms/staff/post.layout.json' with { type: 'json' };
import community from '../../forms/property/community.schema.json' with { type: 'json' };
import communityLayout from '../../forms/property/community.layout.json' with { type: 'json' };
import { createPerson } from '../testing/app.ts';
import { createCaseStage, startErrand, type CaseStage } from '../testing/cases.ts';
import { resolvePeople } from './resolve-people.ts';

let stage: CaseStage;
let caseId: string;
let who: Record<'clerk' | 'lead' | 'head' | 'chief', string>;

beforeAll(async () => {
  stage = await createCaseStage();
  const { test } = stage;
  for (const [schema, layout] of [
    [community, communityLayout],
    [post, postLayout],
    [department, departmentLayout],
    [employee, employeeLayout],
  ] as const)
    await publishForm(test.adminDb, { schema, layout }, { note: null, by: null });
  who = Object.fromEntries(
    await Promise.all(
      (['clerk', 'lead', 'head', 'chief'] as const).map(async (name) => [
        name,
        await createPerson(test, { name, roles: [{ role: 'staff' }] }),
      ]),
    ),
  ) as typeof who;
  // Company ← division ← team; each headed by the one above, the clerk in the team.
  await sql`
    with e as (
      insert into record.employee (form_version, number, name, status) select 1, x.name, x.name, 'active' from unnest(array['clerk', 'lead', 'head', 'chief']) as x (name)
      returning id, name),
    c as (insert into record.department (form_version, name, head) select 1, 'Company', id from e where name = 'chief' returning id),
    d as (insert into record.department (form_version, name, head, parent) select 1, 'Division', e.id, c.id from e, c where name = 'head' returning id),
    t as (insert into record.department (form_version, name, head, parent) select 1, 'Team', e.id, d.id from e, d where name = 'lead' returning id)
    select from t`.execute(test.adminDb);
  await sql`update record.employee set department = (select id from record.department where name = 'Team') where name in ('clerk', 'lead')`.execute(
    test.adminDb,
  );
  await sql`update person p set employee_id = e.id from record.employee e where e.name = p.display_name`.execute(
    test.adminDb,
  );
  ({ caseId } = await startErrand(stage));
});
afterAll(() => stage.close());

const ask = (assign: Assign, more: Partial<ResolveRequest> = {}) =>
  resolvePeople(stage.deps, { caseId, assign, community: null, initiator: who.clerk, previous: null, ...more });
const confirm = (persons: string[], more: Partial<ResolveRequest> = {}) =>
  ask({ rule: 'field', field: 'runner' }, { given: persons, initiator: stage.cast.staff, ...more });
/** Until it is ended by the returned function. */
async function standIn(
  person: string,
  substitute: string,
  more: { flows?: string[]; from?: string; to?: string } = {},
) {
  const { flows = null, from = '2000-01-01', to = null } = more;
  const { rows } = await sql<{ id: string }>`
    insert into substitution (person_id, substitute_id, from_on, to_on, flows, created_by)
    values (${person}, ${substitute}, ${from}, ${to}, ${flows}, ${person}) returning id`.execute(stage.test.adminDb);
  return () => sql`update substitution set ended_at = now() where id = ${rows[0]!.id}`.execute(stage.test.adminDb);
}

describe('consecutive levels', () => {
  it('asks the heads one level after another, each once, as far as the flow says', async () => {
    expect((await ask({ rule: 'consecutiveLevels' })).persons).toEqual([who.lead, who.head, who.chief]);
    const two = await ask({ rule: 'consecutiveLevels', levels: 2 });
    expect(two.persons).toEqual([who.lead, who.head]);
    expect(two.explanation.inputs).toMatchObject({ levels: 2, departments: [expect.any(String), expect.any(String)] });
  });

  it('stops at the first who holds the role', async () => {
    await sql`insert into role_grant (person_id, role) values (${who.head}, 'manager')`.execute(stage.test.adminDb);
    expect((await ask({ rule: 'consecutiveLevels', upTo: { role: 'manager' } })).persons).toEqual([who.lead, who.head]);
  });

  it('of whoever heads a department begins above them', async () => {
    expect((await ask({ rule: 'departmentHead' }, { initiator: who.lead })).persons).toEqual([who.head]);
    expect((await ask({ rule: 'departmentHead', levels: 3 })).persons).toEqual([who.chief]);
    expect((await ask({ rule: 'departmentHead', levels: 4 })).persons).toEqual([]);
  });
});

describe('an expression', () => {
  it('names people, roles and posts; whoever is unknown is nobody', async () => {
    const rule = { rule: 'expression', expression: '"x"' } as const;
    const named = [who.clerk, 'role:dispatcher', 'post:nobody', 'nonsense', '00000000-0000-4000-8000-000000000000'];
    const { persons } = await ask(rule, { given: named, initiator: stage.cast.staff });
    expect(persons[0]).toBe(who.clerk);
    expect(persons.slice(1).sort()).toEqual([stage.cast.dispatcher, stage.cast.other].sort());
  });
});

describe('instead of the initiator', () => {
  it('the head of their department is asked, and it is explained', async () => {
    const answer = await confirm([who.clerk], { initiator: who.clerk, headForInitiator: true });
    expect(answer.persons).toEqual([who.lead]);
    expect(answer.explanation.policies).toEqual([{ policy: 'whenInitiatorHead', persons: [who.clerk] }]);
  });
});

describe('thread 17: substitution', () => {
  it('goes along a chain, which the explanation names', async () => {
    const ends = [await standIn(who.lead, who.head), await standIn(who.head, who.chief)];
    const answer = await confirm([who.lead]);
    expect(answer).toMatchObject({
      persons: [who.chief],
      explanation: { rule: 'field', substitutions: [{ for: who.lead, to: who.chief, via: [who.head] }] },
    });
    for (const end of ends) await end();
    expect((await confirm([who.lead])).explanation.substitutions).toBeUndefined();
  });

  it('never goes round in a circle', async () => {
    const ends = [await standIn(who.lead, who.head), await standIn(who.head, who.lead)];
    expect((await confirm([who.lead])).persons).toEqual([who.head]);
    for (const end of ends) await end();
  });

  it('the requester never decides their own case, nor does whoever never handles it', async () => {
    const end = await standIn(who.lead, who.clerk);
    expect((await confirm([who.lead], { initiator: who.clerk })).persons).toEqual([who.lead]);
    expect((await confirm([who.lead], { never: [who.clerk] })).persons).toEqual([who.lead]);
    expect((await confirm([who.lead])).persons).toEqual([who.clerk]);
    await end();
  });

  it('counts in its period and for its flows only', async () => {
    const ends = [
      await standIn(who.lead, who.head, { flows: ['other'] }),
      await standIn(who.lead, who.head, { from: '2000-01-01', to: '2000-02-01' }),
      await standIn(who.lead, who.head, { from: '2999-01-01' }),
    ];
    expect((await confirm([who.lead])).persons).toEqual([who.lead]);
    const here = await standIn(who.lead, who.chief, { flows: ['errand'] });
    expect((await confirm([who.lead])).persons).toEqual([who.chief]);
    for (const end of [...ends, here]) await end();
  });
});

describe('who has left', () => {
  it('is never asked: without a substitute nobody is, and it is said', async () => {
    await sql`update person set disabled_at = now() where id = ${who.chief}`.execute(stage.test.adminDb);
    expect(await confirm([who.chief], { substitutes: false })).toMatchObject({
      persons: [],
      explanation: { absent: [who.chief] },
    });
    const end = await standIn(who.chief, who.head);
    expect((await confirm([who.chief])).persons).toEqual([who.head]);
    await end();
    await sql`update person set disabled_at = null where id = ${who.chief}`.execute(stage.test.adminDb);
  });

  it('also by the register of employees', async () => {
    await sql`update record.employee set status = 'left' where name = 'head'`.execute(stage.test.adminDb);
    expect(await confirm([who.head, who.lead])).toMatchObject({
      persons: [who.lead],
      explanation: { absent: [who.head] },
    });
    await sql`update record.employee set status = 'active' where name = 'head'`.execute(stage.test.adminDb);
  });
});
