/** Proves a password and makes a session. What is told does not depend on whether the name exists, nor does the time it takes. */
import rateLimit from '@fastify/rate-limit';
import { randomBytes } from 'node:crypto';
import type { Db } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { hashToken, idleMs } from '../security/authenticate.ts';
import type { FailureLimit, Failures } from '../security/failures.ts';
import { verifyPassword } from '../security/passwords.ts';

const windowMs = 10 * 60_000;

export interface SignedInPerson {
  personId: string;
  /** 32 random bytes; only its hash is kept. */
  token: string;
  expiresAt: Date;
}

export interface Attempt {
  username: string;
  password: string;
  ip: string;
}

/** @throws AppError invalid_credentials, rate_limited */
export async function signIn(db: Db, failures: Failures, attempt: Attempt): Promise<SignedInPerson> {
  const limits = limitsOf(attempt);
  failures.assertBelow(limits);
  failures.add(limits);
  const found = await findCredential(db, attempt.username);
  if (!(await verifyPassword(attempt.password, found?.password_hash)) || found === undefined) {
    throw new AppError('invalid_credentials', 401);
  }
  failures.forgive(limits);
  return createSession(db, found.id);
}

/** Proves the asking person's own password again. @throws AppError wrong_password, rate_limited */
export async function assertPassword(db: Db, failures: Failures, attempt: Attempt): Promise<void> {
  const limits = limitsOf(attempt);
  failures.assertBelow(limits);
  failures.add(limits);
  const found = await findCredential(db, attempt.username);
  if (!(await verifyPassword(attempt.password, found?.password_hash))) throw new AppError('wrong_password', 403);
  failures.forgive(limits);
}

/**
 * One address may fail on many names, one name from many addresses. The wide limit on a name is high: it must stop guessing
 * without letting strangers lock people out.
 */
function limitsOf({ username, ip }: Attempt): FailureLimit[] {
  const name = username.normalize('NFKC').toLowerCase();
  const from = rateLimit.normalizeIP(ip, 64);
  return [
    { key: `ip:${from}`, max: 200, windowMs },
    { key: `name:${name}`, max: 100, windowMs },
    { key: `both:${from} ${name}`, max: 10, windowMs },
  ];
}

async function createSession(db: Db, personId: string): Promise<SignedInPerson> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + idleMs);
  await db.deleteFrom('session').where('person_id', '=', personId).where('expires_at', '<', new Date()).execute();
  await db
    .insertInto('session')
    .values({ token_hash: hashToken(token), person_id: personId, kind: 'browser', expires_at: expiresAt })
    .execute();
  return { personId, token, expiresAt };
}

function findCredential(db: Db, username: string): Promise<{ id: string; password_hash: string } | undefined> {
  return db
    .selectFrom('person')
    .innerJoin('credential', 'credential.person_id', 'person.id')
    .select(['person.id', 'credential.password_hash'])
    .where((eb) => eb(eb.fn('lower', ['person.username']), '=', eb.fn('lower', [eb.val(username)])))
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst();
}
