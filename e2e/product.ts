/** Guanjia started as people start it, on free ports with a data folder of its own, and ended with all it brought up. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from './environment.ts';
import { preparePages } from './pages.ts';

const root = join(import.meta.dirname, '..');

export interface Product {
  /** http://127.0.0.1:port */
  address: string;
  dataDir: string;
  stop(): Promise<void>;
}

/**
 * What `npm start` does: services, migrations, content, pages, demo community. E2E_ADDRESS and E2E_DATA_DIR name one that runs
 * already, which spares the start while a journey is being written.
 * @throws Error with its output when it ends early
 */
export async function startProduct(): Promise<Product> {
  const { E2E_ADDRESS: address, E2E_DATA_DIR: dataDir = '.data' } = process.env;
  return address === undefined ? startNew() : { address, dataDir, stop: () => Promise.resolve() };
}

async function startNew(): Promise<Product> {
  await preparePages();
  const dataDir = mkdtempSync(join(tmpdir(), 'guanjia-e2e-'));
  // Postgres may run as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: root,
    env: { ...cleanEnvironment(), GUANJIA_DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    return { address: await readAddress(child, dataDir), dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readAddress(child: ChildProcess, dataDir: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const address = /已就绪：(http:\/\/[^\s（]+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      reject(new Error(`Guanjia ended with ${String(code)} before it was ready:\n${output}\n${logOf(dataDir)}`));
    });
  });
}

function logOf(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'logs', 'guanjia.log'), 'utf8').slice(-4000);
  } catch {
    return '';
  }
}
