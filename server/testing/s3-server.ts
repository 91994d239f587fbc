/**
 * A real server that speaks S3 for the tests of the file store: Versity's gateway over a folder, looked for on the PATH and in the
 * user's cache folder. Continuous integration builds it (tools/ci-s3.ts); where it is absent those tests say so and are skipped.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from '../services/ports.ts';
import { waitUntil } from '../services/wait.ts';

export const s3Version = 'v1.8.0';
const program = 'versitygw';

export const s3Keys = { id: 'test-access', secret: 'test-secret-of-the-file-store' };

/** Where tools/ci-s3.ts puts it. */
export function s3CacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME ?? join(environment.HOME ?? homedir(), '.cache');
  return join(cache, 'guanjia', `versitygw-${s3Version}`);
}

/** Undefined when there is none. */
export function findS3Server(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [
    ...(environment.PATH ?? '').split(delimiter).filter((each) => each !== ''),
    s3CacheFolder(environment),
  ];
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

export interface S3Server {
  endpoint: string;
  /** The folder whose folders are the buckets. */
  buckets: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** On the same port again. */
  restart(): Promise<void>;
}

export async function startS3Server(command: string, bucket: string): Promise<S3Server> {
  const buckets = mkdtempSync(join(inject('runDir'), 's3-'));
  mkdirSync(join(buckets, bucket));
  const port = await freePort();
  let child = await launch(command, buckets, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const restart = async (): Promise<void> => {
    child = await launch(command, buckets, port);
  };
  return { endpoint: `http://127.0.0.1:${port}`, buckets, kill, restart };
}

async function launch(command: string, buckets: string, port: number): Promise<ChildProcess> {
  const keys = { ROOT_ACCESS_KEY: s3Keys.id, ROOT_SECRET_KEY: s3Keys.secret };
  const args = ['--port', `127.0.0.1:${port}`, 'posix', buckets];
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...keys }, stdio: 'ignore' });
  const answers = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/`)).status > 0;
  await waitUntil(answers, { limitMs: 15_000 });
  return child;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
