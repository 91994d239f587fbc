/** Records through the roles the product uses: what is stored comes back, what may not be is refused with its path. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Values } from '../../../forms/types.ts';
import { publishForm } from '../../definitions/forms.ts';
import { createTestDb, type TestDb } from '../../testing/database.ts';
import { errandForm } from '../../testing/errand.ts';
import { asEngine, asPerson } from '../as.ts';
import { isRefuted } from '../expect-row.ts';
import {
  insertRecord,
  listRecords,
  loadForm,
  patchRecord,
  readRecord,
  recordLabels,
  renderAll,
  tryPatch,
  withProblems,
} from './index.ts';

let test: TestDb;
let admin: string;
const at = { community: '', otherCommunity: '', building: '', entrance: '' };

beforeAll(async () => {
  test = await createTestDb();
  admin = await aPerson('admin', [{ role: 'admin', community: null }]);
  at.community = await insert(admin, 'community', {
    code: 'A',
    name: '甲小区',
    address: '一号路',
    timeZone: 'Asia/Shanghai',
  });
  at.otherCommunity = await insert(admin, 'community', {
    code: 'B',
    name: '乙小区',
    address: '二号路',
    timeZone: 'Asia/Shanghai',
  });
  at.building = await insert(admin, 'building', { code: '3', name: '3 号楼' }, at.community);
  at.entrance = await insert(admin, 'entrance', { building: at.building, code: '2' });
});
afterAll(async () => {
  await test.drop();
});

async function aPerson(
  username: string,
  grants: { role: string; community: string | null }[],
  party?: string,
): Promise<string> {
  const { id } = await test.adminDb
    .insertInto('person')
    .values({
      username: `${username}-${randomUUID()}`,
      display_name: username,
      party_id: party ?? null,
      employee_id: null,
      locale: null,
      disabled_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { role, community } of grants) {
    await test.adminDb
      .insertInto('role_grant')
      .values({ person_id: id, role, community_id: community, granted_by: null })
      .execute();
  }
  return id;
}

async function insert(person: string, key: string, fields: Values, communityId: string | null = null): Promise<string> {
  const form = await loadForm(test.db, key);
  return withProblems(form, () =>
    asPerson(test.db, person, async (tx) => (await insertRecord(tx, form, { communityId, fields, by: person })).id),
  );
}

async function read(person: string, key: string, id: string) {
  const form = await loadForm(test.db, key);
  return asPerson(test.db, person, (tx) => readRecord(tx, form, id));
}

async function patch(person: string, key: string, id: string, fields: Values) {
  const form = await loadForm(test.db, key);
  return withProblems(form, () => asPerson(test.db, person, (tx) => patchRecord(tx, form, id, { fields, by: person })));
}

const aUnit = (number: string, more: Values = {}): Values => ({
  building: at.building,
  entrance: at.entrance,
  number,
  usage: 'residence',
  status: 'occupied',
  ...more,
});
const refused = (path: string, code: string): unknown =>
  expect.objectContaining({ status: 422, errors: [expect.objectContaining({ path, code })] as unknown });

describe('a register', () => {
  it('takes its community from what it refers to and names itself', async () => {
    const id = await insert(admin, 'unit', aUnit('1201', { builtArea: 128.64, floor: 12, rentAmount: 19.99 }));

    const record = await read(admin, 'unit', id);
    const form = await loadForm(test.db, 'ownership');
    const labels = await asPerson(test.db, admin, (tx) => recordLabels(tx, form, { unit: id }));

    expect(record).toMatchObject({ communityId: at.community, version: 1, formVersion: 1 });
    expect(record.fields).toEqual(aUnit('1201', { builtArea: 128.64, floor: 12, rentAmount: 19.99 }));
    expect(labels).toEqual({ [id]: '3-2-1201' });
  });

  it('refuses the same number in the same entrance', async () => {
    await insert(admin, 'unit', aUnit('1202'));

    await expect(insert(admin, 'unit', aUnit('1202'))).rejects.toEqual(refused('/fields/number', 'not_unique'));
  });

  it('refuses an inner area beyond the built area, at insert and at change', async () => {
    await expect(insert(admin, 'unit', aUnit('1203', { builtArea: 90, innerArea: 91 }))).rejects.toEqual(
      refused('/fields/innerArea', 'compare_failed'),
    );
    const id = await insert(admin, 'unit', aUnit('1203', { builtArea: 90, innerArea: 80 }));
    await expect(patch(admin, 'unit', id, { builtArea: 79.5 })).rejects.toEqual(
      refused('/fields/innerArea', 'compare_failed'),
    );
  });

  it('keeps the old row of every change with who changed it', async () => {
    const id = await insert(admin, 'unit', aUnit('1204', { floor: 12 }));

    await patch(admin, 'unit', id, { floor: 13, layout: '3 室' });
    await patch(admin, 'unit', id, { floor: null });

    const { rows } = await sql<{ op: string; by: string; version: number; floor: number }>`
      select op, by, version, (old ->> 'floor')::int as floor from record._unit where id = ${id} order by n`.execute(
      test.adminDb,
    );
    expect(rows).toEqual([
      { op: 'update', by: admin, version: 1, floor: 12 },
      { op: 'update', by: admin, version: 2, floor: 13 },
    ]);
    const record = await read(admin, 'unit', id);
    expect(record.version).toBe(3);
    expect(record.fields).toEqual(aUnit('1204', { layout: '3 室' }));
    await expect(asPerson(test.db, admin, (tx) => sql`select from record._unit`.execute(tx))).rejects.toThrow(
      /permission denied/,
    );
  });

  it('refuses a reference to what is not there', async () => {
    await expect(insert(admin, 'unit', aUnit('1205', { entrance: randomUUID() }))).rejects.toEqual(
      refused('/fields/entrance', 'ref_not_found'),
    );
  });
});

describe('ownership', () => {
  it('needs the shares of a unit to sum to 1 when the transaction ends', async () => {
    const form = await loadForm(test.db, 'ownership');
    const unit = await insert(admin, 'unit', aUnit('0901'));
    const [one, two] = [
      await insert(admin, 'party', { name: '甲', kind: 'person' }),
      await insert(admin, 'party', { name: '乙', kind: 'person' }),
    ];
    const half = (party: string): Values => ({ unit, party, share: 0.5, fromDate: '2020-01-01' });

    await expect(insert(admin, 'ownership', half(one))).rejects.toEqual(refused('/fields/share', 'shares_not_one'));
    await asPerson(test.db, admin, async (tx) => {
      await insertRecord(tx, form, { communityId: null, fields: half(one), by: admin });
      await insertRecord(tx, form, { communityId: null, fields: half(two), by: admin });
    });

    const { rows } = await sql<{ sum: string }>`select sum(share) from record.ownership where unit = ${unit}`.execute(
      test.adminDb,
    );
    expect(rows).toEqual([{ sum: '1.0000' }]);
  });

  it('never overlaps for the same party, and touches half-open', async () => {
    const unit = await insert(admin, 'unit', aUnit('0902'));
    const party = await insert(admin, 'party', { name: '丙', kind: 'person' });
    await insert(admin, 'tenancy', { unit, party, fromDate: '2024-01-01', toDate: '2025-01-01' });

    await insert(admin, 'tenancy', { unit, party, fromDate: '2025-01-01', toDate: '2026-01-01' });
    await expect(insert(admin, 'tenancy', { unit, party, fromDate: '2025-12-31' })).rejects.toEqual(
      refused('/fields/fromDate', 'period_overlaps'),
    );
    await expect(
      insert(admin, 'tenancy', { unit, party, fromDate: '2027-01-01', toDate: '2026-06-01' }),
    ).rejects.toEqual(refused('/fields/toDate', 'period_order'));
  });
});

describe('row security', () => {
  it('shows an owner their own units and nothing else', async () => {
    const [mine, other] = [await insert(admin, 'unit', aUnit('0801')), await insert(admin, 'unit', aUnit('0802'))];
    const [me, neighbour] = [
      await insert(admin, 'party', { name: '林晓梅', kind: 'person' }),
      await insert(admin, 'party', { name: '邻居', kind: 'person' }),
    ];
    await insert(admin, 'ownership', { unit: mine, party: me, share: 1, fromDate: '2020-01-01' });
    await insert(admin, 'ownership', { unit: other, party: neighbour, share: 1, fromDate: '2020-01-01' });
    const owner = await aPerson('owner', [{ role: 'owner', community: at.community }], me);

    const seen = await asPerson(test.db, owner, async (tx) => ({
      units: (await sql<{ id: string }>`select id from record.unit`.execute(tx)).rows.map(({ id }) => id),
      parties: (await sql<{ id: string }>`select id from record.party`.execute(tx)).rows.map(({ id }) => id),
      ownerships: (await sql`select from record.ownership`.execute(tx)).rows.length,
      communities: (await sql<{ id: string }>`select id from record.community`.execute(tx)).rows.map(({ id }) => id),
      employees: (await sql`select from record.employee`.execute(tx)).rows.length,
    }));

    expect(seen).toEqual({ units: [mine], parties: [me], ownerships: 1, communities: [at.community], employees: 0 });
    await expect(read(owner, 'unit', other)).rejects.toMatchObject({ code: 'not_found', status: 404 });
    await expect(patch(owner, 'unit', mine, { floor: 3 })).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    const repair = { area: 'private', unit: other, category: 'water', urgency: 'normal', description: '漏水' };
    await expect(insert(owner, 'repair', repair)).rejects.toEqual(refused('/fields/unit', 'ref_not_found'));
  });

  it('lets staff read and write in their community only', async () => {
    const manager = await aPerson('manager', [{ role: 'manager', community: at.community }]);
    const elsewhere = await insert(admin, 'building', { code: '9', name: '9 号楼' }, at.otherCommunity);

    const id = await insert(manager, 'building', { code: '4', name: '4 号楼' }, at.community);

    await expect(read(manager, 'building', id)).resolves.toMatchObject({ fields: { code: '4' } });
    await expect(read(manager, 'building', elsewhere)).rejects.toMatchObject({ status: 404 });
    await expect(insert(manager, 'building', { code: '5', name: '5 号楼' }, at.otherCommunity)).rejects.toMatchObject({
      status: 403,
    });
    await expect(insert(manager, 'department', { code: 'X', name: '自设部门' })).rejects.toMatchObject({ status: 403 });
  });
});

describe("a case's record", () => {
  it('is inserted by the person with the id of the case, numbered, and changed by the engine alone', async () => {
    const form = await loadForm(test.db, 'repair');
    const dispatcher = await aPerson('dispatcher', [{ role: 'dispatcher', community: at.community }]);
    const id = randomUUID();
    const fields = { area: 'public', place: '大堂', category: 'public', urgency: 'urgent', description: '灯坏了' };

    const inserted = await asPerson(test.db, dispatcher, (tx) =>
      insertRecord(tx, form, {
        id,
        communityId: at.community,
        fields,
        by: dispatcher,
        now: new Date('2026-10-31T16:30:00Z'),
      }),
    );

    expect(inserted).toEqual({
      id,
      communityId: at.community,
      fields: { ...fields, number: 'WX-202611-0001' },
      zone: 'Asia/Shanghai',
    });
    await expect(patch(dispatcher, 'repair', id, { place: '地库' })).rejects.toMatchObject({ status: 403 });
    await asEngine(test.db, (tx) =>
      patchRecord(tx, form, id, { fields: { place: '地库', workMinutes: 25 }, by: dispatcher, rev: 4 }),
    );
    await expect(read(dispatcher, 'repair', id)).resolves.toMatchObject({
      version: 2,
      fields: { ...fields, place: '地库', workMinutes: 25 },
    });
    const { rows } = await sql`select by, rev from record._repair where id = ${id}`.execute(test.adminDb);
    expect(rows).toEqual([{ by: dispatcher, rev: 4 }]);
  });

  it('tries a patch as the engine and leaves nothing behind', async () => {
    const form = await loadForm(test.db, 'repair');
    const fields = { area: 'public', place: '大堂', category: 'public', urgency: 'urgent', description: '灯坏了' };
    const id = await insert(admin, 'repair', fields, at.community);

    const role = await asPerson(test.db, admin, async (tx) => {
      await tryPatch(tx, form, id, { patch: { workMinutes: 5 } });
      await expect(tryPatch(tx, form, id, { patch: { technician: randomUUID() } })).rejects.toEqual(
        refused('/fields/technician', 'ref_not_found'),
      );
      await expect(tryPatch(tx, form, id, { patch: { category: 'nonsense' } })).rejects.toEqual(
        refused('/fields/category', 'not_a_choice'),
      );
      const { rows } = await sql<{ role: string }>`select current_user as role`.execute(tx);
      return rows[0]?.role;
    });

    expect(role).toBe('guanjia_app');
    await expect(read(admin, 'repair', id)).resolves.toMatchObject({ version: 1 });
  });

  it('asks only whether, with the next statement, which fails where the answer is no', async () => {
    await publishForm(test.adminDb, errandForm, { note: null, by: null });
    const form = await loadForm(test.db, 'errand');
    const id = await insert(admin, 'errand', { what: 'Fetch' });
    const worker = await aPerson('worker', [{ role: 'technician', community: at.community }]);
    const resident = await aPerson('resident', [{ role: 'owner', community: at.community }]);
    const naming = (runner: string) =>
      asPerson(test.db, admin, async (tx) => {
        await tryPatch(tx, form, id, { patch: { runner }, isValid: true, withNext: true });
        return (await sql<{ n: number }>`select 1 as n`.execute(tx)).rows[0]?.n;
      });

    expect(await naming(worker)).toBe(1);
    expect(await naming(worker.toUpperCase())).toBe(1);
    await expect(naming(resident)).rejects.toSatisfy(isRefuted);
    await expect(naming(randomUUID())).rejects.toSatisfy(isRefuted);
  });

  it('is hidden from who neither started nor handles it', async () => {
    const fields = { area: 'public', place: '大堂', category: 'public', urgency: 'urgent', description: '灯坏了' };
    const id = await insert(admin, 'repair', fields, at.community);
    const technician = await aPerson('technician', [{ role: 'technician', community: at.community }]);

    await expect(read(technician, 'repair', id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a register’s own order', () => {
  it('lists units by building, entrance and number, numbers as numbers, page by page', async () => {
    const garden = await insert(admin, 'community', {
      code: 'Z',
      name: '丁小区',
      address: '四号路',
      timeZone: 'Asia/Shanghai',
    });
    for (const code of ['10', '9']) {
      const building = await insert(admin, 'building', { code, name: `${code} 号楼` }, garden);
      const entrance = await insert(admin, 'entrance', { building, code: '1' });
      for (const number of ['1002', '902']) await insert(admin, 'unit', { entrance, building, number });
    }

    expect(await labelsOf(garden, 3)).toEqual(['9-1-902', '9-1-1002', '10-1-902', '10-1-1002']);
  });

  async function labelsOf(communityId: string, limit: number): Promise<string[]> {
    const form = await loadForm(test.db, 'unit');
    return asPerson(test.db, admin, async (tx) => {
      const labels: string[] = [];
      let after: Awaited<ReturnType<typeof listRecords>>[number]['end'] | undefined;
      do {
        const page = await listRecords(tx, form, { communityId, limit, ...(after && { after }) });
        const rows = page.slice(0, limit);
        labels.push(
          ...(await renderAll(
            tx,
            form,
            rows.map(({ fields }) => fields),
          )),
        );
        after = page.length > limit ? rows.at(-1)?.end : undefined;
      } while (after);
      return labels;
    });
  }
});
