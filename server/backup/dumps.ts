/**
 * Databases of a Postgres that was brought along, by its own programs: pg_dump in its custom format, one file a database, and
 * pg_restore, which makes the database anew. Guanjia's and Temporal's are each whole in themselves, but of different moments: that is
 * what `npm run reconcile` is for.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { asSuperuser, withDatabase } from '../db/bootstrap.ts';
import { StartError } from '../services/messages.ts';

const run = promisify(execFile);
const suffix = '.dump';

/** `superUrl`: a superuser of the cluster. Databases that are not there are left out: an installation may have its Temporal elsewhere. */
export async function dumpDatabases(superUrl: string, databases: readonly string[], folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const there = await existing(superUrl, databases);
  for (const name of there) {
    const target = join(folder, `${name}${suffix}`);
    await program(
      'pg_dump',
      ['--format=custom', '--compress=gzip:4', `--file=${target}`],
      withDatabase(superUrl, name),
    );
  }
  return there;
}

/** Ends everybody's connections to these databases and makes them as they were. */
export async function restoreDatabases(superUrl: string, folder: string): Promise<string[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  for (const file of files) {
    const name = basename(file, suffix);
    await asSuperuser(superUrl, (client) =>
      client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
    );
    // --create brings back locale, owner and rights of the database itself.
    await program('pg_restore', ['--create', '--exit-on-error', join(folder, file)], superUrl);
  }
  return files.map((file) => basename(file, suffix));
}

/** Names of those that are there, in the given order. */
export async function existing(superUrl: string, databases: readonly string[]): Promise<string[]> {
  const { rows } = await asSuperuser(superUrl, (client) =>
    client.query<{ name: string }>('select datname as name from pg_database where datname = any ($1)', [databases]),
  );
  const names = new Set(rows.map(({ name }) => name));
  return databases.filter((name) => names.has(name));
}

/** The address goes by the environment: a command line shows its password to everyone on the machine. */
async function program(name: string, args: string[], url: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const environment = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port === '' ? '5432' : port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
  };
  try {
    await run(name, [...args, `--dbname=${database}`], { env: environment, maxBuffer: 10_000_000 });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new StartError('tool_program', { program: name, version: 18, cause: 'ENOENT' });
    throw new StartError('tool_failed', { program: name, tail: (stderr ?? String(error)).trim().slice(-2000) });
  }
}
