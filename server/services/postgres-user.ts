/**
 * Postgres refuses to run as root. As root we let it run as a system user of our own, and see to it that this user can reach
 * the programs and the data: a clone under a 0700 home is closed to it.
 */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './messages.ts';

const run = promisify(execFile);

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Undefined when we are not root: then Postgres runs as ourselves. `isNew` says whether it was made just now. */
export async function findPostgresUser(): Promise<(SystemUser & { isNew: boolean }) | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp('guanjia');
  if (existing !== undefined) return { ...existing, isNew: false };
  const failure = await createUser('guanjia');
  const user = (await lookUp('guanjia')) ?? (await lookUp('postgres'));
  if (user === undefined) throw new StartError('postgres_no_user', { cause: failure ?? '' });
  return { ...user, isNew: failure === undefined };
}

/** Whether the user may enter every folder down to `path` (which need not exist yet). */
export function canReach(user: { uid: number; gid: number }, path: string): boolean {
  const parent = dirname(path);
  if (parent !== path && !canReach(user, parent)) return false;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return true;
  const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
  return ((stat.mode >> shift) & 0b001) !== 0;
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
    return uid > 0 ? { name, uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/** Gives the reason of a failure. Two starts at once are fine: the slower finds the user there. */
async function createUser(name: string): Promise<string | undefined> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
