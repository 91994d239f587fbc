/**
 * A copy of the data folder of Guanjia's own Postgres while it works, by the server's own backup protocol: between pg_backup_start and
 * pg_backup_stop the files are copied as they are, and the write-ahead log of that time, kept by a slot that ends with the connection,
 * makes them whole when the copy is started.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** Not of the copy: they belong to the running server, or are made again. */
const skipped =
  /^(postmaster\.(pid|opts)|\.s\.PGSQL\.\d+(\.lock)?|pg_wal\/.*|pg_replslot\/.+|pg_stat_tmp\/.+|pg_subtrans\/.+|pg_notify\/.+|pg_dynshmem\/.+)$/;

/** `superUrl`: as a superuser. `target` is made. */
export async function copyPostgres(superUrl: string, data: string, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: superUrl });
  await client.connect();
  try {
    const slot = `guanjia_backup_${process.pid}`;
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [slot]);
    await client.query(`select pg_backup_start('guanjia', fast => true)`);
    await copyChanging(data, target);
    const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>(
      'select labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)',
    );
    writeFileSync(join(target, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
    await copyWal(data, target);
  } finally {
    // With the connection the slot goes, and a backup that was broken off is forgotten.
    await client.end();
  }
}

/** Files may grow, shrink and vanish meanwhile: the log makes up for all of it. */
async function copyChanging(data: string, target: string): Promise<void> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(data.length + 1);
    if (skipped.test(name)) continue;
    if (entry.isDirectory()) await mkdir(join(target, name), { recursive: true, mode: 0o700 });
    else if (entry.isFile()) await copyIfThere(path, join(target, name));
  }
  for (const folder of ['pg_wal/archive_status', 'pg_wal/summaries'])
    await mkdir(join(target, folder), { recursive: true, mode: 0o700 });
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

async function copyWal(data: string, target: string): Promise<void> {
  const from = join(data, 'pg_wal');
  const names = (await readdir(from)).filter((name) => /^[\dA-F]{24}$|\.history$/.test(name));
  for (const name of names) await copyIfThere(join(from, name), join(target, 'pg_wal', name));
}
