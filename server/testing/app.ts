/** The real app on a test's own database, and people signed in to it. Requests are injected: no port is opened. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import { createLog } from '../log.ts';
import type { App } from '../http.ts';
import { hashToken } from '../security/authenticate.ts';
import { hashPassword } from '../security/passwords.ts';
import type { TestDb } from './database.ts';

/** As `npm start` would fill it in; nothing listens anywhere. */
export function testConfig(
  test: Pick<TestDb, 'databaseUrl' | 'databaseAdminUrl'>,
  changes: Partial<Config> = {},
): Config {
  return {
    mode: 'demo',
    role: 'api',
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    dataDir: join(tmpdir(), `guanjia-test-${randomUUID()}`),
    files: undefined,
    databasePoolSize: 5,
    temporalNamespace: 'default',
    temporalTaskQueue: 'test',
    logLevel: 'silent',
    locale: 'zh-CN',
    trustProxy: false,
    cookieSecure: false,
    uploadMegabytesADay: 500,
    metricsToken: undefined,
    temporalAddress: '127.0.0.1:1',
    codecKeys: [{ id: 'test', key: randomBytes(32) }],
    databaseUrl: test.databaseUrl,
    databaseAdminUrl: test.databaseAdminUrl,
    ...changes,
  };
}

/** A client for tests that reach no Temporal: every use of it fails. */
const noTemporal: Client = new Proxy(Object.create(null) as Client, {
  get(_target, property): never {
    throw new Error(`this test reaches Temporal (${String(property)}) and was given none`);
  },
});

/** Close it (`app.close()`) before the database is dropped. */
export function buildTestApp(test: TestDb, changes: Partial<Deps> = {}): Promise<App> {
  const config = testConfig(test);
  return buildApp({
    config,
    db: test.db,
    adminDb: test.adminDb,
    temporal: noTemporal,
    log: createLog('silent', () => undefined),
    ...changes,
  });
}

export interface TestPerson {
  username?: string;
  name?: string;
  roles?: { role: string; communityId?: string }[];
  partyId?: string;
  locale?: 'zh-CN' | 'en';
}

/** Inserts a person with role grants; gives the id. */
export async function createPerson({ adminDb }: TestDb, given: TestPerson = {}): Promise<string> {
  const username = given.username ?? `p${randomBytes(4).toString('hex')}`;
  const { id } = await adminDb
    .insertInto('person')
    .values({
      username,
      display_name: given.name ?? username,
      party_id: given.partyId ?? null,
      locale: given.locale ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const grants = (given.roles ?? []).map(({ role, communityId }) => ({
    person_id: id,
    role,
    community_id: communityId ?? null,
  }));
  if (grants.length > 0) await adminDb.insertInto('role_grant').values(grants).execute();
  return id;
}

export type Ask = (options: InjectOptions) => Promise<LightMyRequestResponse>;

/** Requests as this person, by Bearer token: `const ask = await asUser(app, id); await ask({ url: '/api/me' })`. */
export async function asUser(app: App, personId: string): Promise<Ask> {
  const token = await signInForTest(app, personId);
  return (options) => app.inject({ ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
}

/** A session without a password; gives its token. */
export async function signInForTest(app: App, personId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const row = { token_hash: hashToken(token), person_id: personId, kind: 'token' as const };
  await app.deps.db
    .insertInto('session')
    .values({ ...row, expires_at: new Date(Date.now() + 3_600_000) })
    .execute();
  return token;
}

/** Gives the person a password. */
export async function setPassword({ adminDb }: TestDb, personId: string, password: string): Promise<void> {
  const password_hash = await hashPassword(password);
  await adminDb.insertInto('credential').values({ person_id: personId, password_hash }).execute();
}
