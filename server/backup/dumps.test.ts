/** Databases of a brought-along Postgres, by its own programs. Without pg_dump of Postgres 18 on the PATH these tests are skipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { asSuperuser, withDatabase, withUser } from '../db/bootstrap.ts';
import { StartError } from '../services/messages.ts';
import { createTestDb, testPasswords } from '../testing/database.ts';
import { dumpDatabases, restoreDatabases } from './dumps.ts';

function versionOf(program: string): number {
  try {
    return Number(/(\d+)\./.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1]);
  } catch {
    return 0;
  }
}

const hasPrograms = versionOf('pg_dump') >= 18 && versionOf('pg_restore') >= 18;

describe.skipIf(!hasPrograms)('a brought-along Postgres (needs pg_dump and pg_restore of Postgres 18)', () => {
  it('comes back as it was, with its locale, owners and row security, over what happened since', async () => {
    const test = await createTestDb();
    const superUrl = inject('postgresUrl');
    const name = new URL(test.databaseUrl).pathname.slice(1);
    const folder = mkdtempSync(join(inject('runDir'), 'dumps-'));
    await test.adminDb.insertInto('person').values({ username: 'before', display_name: '王小明' }).execute();
    const dumped = await dumpDatabases(superUrl, [name, 'not_there'], folder);
    await test.adminDb.insertInto('person').values({ username: 'after', display_name: 'x' }).execute();
    await Promise.all([test.db.destroy(), test.adminDb.destroy()]);
    const restored = await restoreDatabases(superUrl, folder);

    expect([dumped, restored]).toEqual([[name], [name]]);
    expect(readdirSync(folder)).toEqual([`${name}.dump`]);
    const asOwner = withUser(withDatabase(superUrl, name), 'guanjia_owner', testPasswords.owner);
    const people = await asSuperuser(asOwner, (client) => client.query('select username, display_name from person'));
    expect(people.rows).toContainEqual({ username: 'before', display_name: '王小明' });
    expect(people.rows).not.toContainEqual(expect.objectContaining({ username: 'after' }));
    const asApp = withUser(withDatabase(superUrl, name), 'guanjia_app', testPasswords.app);
    const held = await asSuperuser(asApp, (client) => client.query('select from "case"'));
    expect(held.rowCount).toBe(0);
    const { rows } = await asSuperuser(superUrl, (client) =>
      client.query('select datlocale, datlocprovider from pg_database where datname = $1', [name]),
    );
    expect(rows).toEqual([{ datlocale: 'C.UTF-8', datlocprovider: 'b' }]);
    await asSuperuser(superUrl, (client) => client.query(`drop database ${name} with (force)`));
  });
});

it('says which program is missing', async () => {
  const superUrl = inject('postgresUrl');
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  const error: unknown = await dumpDatabases(superUrl, ['postgres'], mkdtempSync(join(inject('runDir'), 'dumps-')))
    .catch((each: unknown) => each)
    .finally(() => {
      process.env.PATH = path;
    });

  expect(error).toBeInstanceOf(StartError);
  expect((error as StartError).params).toMatchObject({ program: 'pg_dump' });
});
