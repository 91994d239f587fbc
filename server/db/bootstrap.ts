/**
 * Makes Guanjia's database and its roles, as a superuser: for the Postgres that `npm start` brings up and for tests.
 * What is made is said in bootstrap.sql, which a production container runs with psql.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

export interface RolePasswords {
  owner: string;
  app: string;
}

/** Idempotent: sets the passwords again and leaves data alone. `superUrl` names any database of the cluster. */
export async function bootstrapDatabase(superUrl: string, database: string, passwords: RolePasswords): Promise<void> {
  await asSuperuser(superUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) {
      await client.query(
        `create database ${client.escapeIdentifier(database)} template template0 encoding 'UTF8'
           locale_provider builtin builtin_locale 'C.UTF-8' locale 'C.UTF-8'`,
      );
    }
  });
  const script = await readFile(join(import.meta.dirname, 'bootstrap.sql'), 'utf8');
  await asSuperuser(withDatabase(superUrl, database), async (client) => {
    await client.query(
      expand(script, (name) => client.escapeLiteral(name === 'owner_password' ? passwords.owner : passwords.app)),
    );
  });
}

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** The same server and database, another user. */
export function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/** One connection for the time of `work`. */
export async function asSuperuser<T>(superUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: superUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The two things of psql that bootstrap.sql uses: lines with a backslash, and :'name' for a quoted value. */
function expand(script: string, literal: (name: string) => string): string {
  return script.replaceAll(/^\\.*$/gm, '').replaceAll(/:'(\w+)'/g, (_match, name: string) => literal(name));
}
