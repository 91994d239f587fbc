/**
 * Passwords and keys made at the first start, kept in the data folder with mode 0600. Losing the codec key makes running cases
 * unreadable, so an unreadable file is an error and never replaced.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodecKey } from '../config.ts';
import { createPrivate, readPrivate } from './private-file.ts';

export interface Secrets {
  postgresPassword: string;
  ownerPassword: string;
  appPassword: string;
  /** base64, 32 bytes. */
  codecKey: string;
}

export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  const kept = readPrivate(path) as Secrets | undefined;
  if (kept !== undefined) return kept;
  if (existsSync(path)) throw new Error(`${path} cannot be read`);
  const made: Secrets = {
    postgresPassword: randomBytes(24).toString('base64url'),
    ownerPassword: randomBytes(24).toString('base64url'),
    appPassword: randomBytes(24).toString('base64url'),
    codecKey: randomBytes(32).toString('base64'),
  };
  createPrivate(path, made);
  // An api and a worker that share the folder may get here together: what was kept counts.
  return readPrivate(path) as Secrets;
}

export function generatedCodecKeys(secrets: Secrets): readonly CodecKey[] {
  return [{ id: 'local', key: Buffer.from(secrets.codecKey, 'base64') }];
}
