/**
 * How far the load came, in `setting`: a start that was killed in the middle is continued by the next one. What is about to be
 * sent is kept before it is sent, so that a request in doubt is repeated word for word under the same key.
 */
import type { Db } from '../db/as.ts';

export interface Load {
  /** Instant of the load, ISO 8601: dates of the demo are relative to it. */
  loadedAt: string;
  state: 'registers' | 'done';
}

export interface Request {
  url: string;
  key: string;
  body: Record<string, unknown>;
}

/** One scenario: how many of its requests are answered, and the one that is under way. */
export interface Progress {
  caseId?: string;
  answered: number;
  underWay?: Request;
}

const loadKey = 'demo';

export async function readLoad(adminDb: Db): Promise<Load | undefined> {
  return (await read(adminDb, loadKey)) as Load | undefined;
}

export function saveLoad(adminDb: Db, load: Load): Promise<void> {
  return save(adminDb, loadKey, load);
}

export async function readProgress(adminDb: Db, scenario: string): Promise<Progress> {
  return ((await read(adminDb, `demo/${scenario}`)) as Progress | undefined) ?? { answered: 0 };
}

export function saveProgress(adminDb: Db, scenario: string, progress: Progress): Promise<void> {
  return save(adminDb, `demo/${scenario}`, progress);
}

async function read(adminDb: Db, key: string): Promise<unknown> {
  const row = await adminDb.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

async function save(adminDb: Db, key: string, value: Load | Progress): Promise<void> {
  const text = JSON.stringify(value);
  await adminDb
    .insertInto('setting')
    .values({ key, value: text })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: text }))
    .execute();
}
