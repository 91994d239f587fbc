/** Proves a password and makes a session. What is told does not depend on whether the name exists, nor does the time it takes. */
import rateLimit from '@fastify/rate-limit';
import { randomBytes } from 'node:crypto';
import type { Db } from '../db/as.ts';
import { AppError } from '../errors.ts';
import { hashToken, idleMs } from '../security/authenticate.ts';
import type { FailureLimit, Failures } from '../security/failures.ts';
import { normaliseName } from '../security/names.ts';
import { verifyPassword } from '../security/passwords.ts';

const windowMs = 10 * 60_000;

export interface SignedInPerson {
  personId: string;
  /** 32 random bytes; only its hash is kept. */
  token: string;
  expiresAt: Date;
  /** Token hashes (hex) of the sessions that ended for it. */
  ended: string[];
}

export interface Attempt {
  username: string;
  password: string;
  ip: string;
}

/** @throws AppError invalid_credentials, rate_limited */
export async function signIn(
  db: Db,
  failures: Failures,
  attempt: Attempt & { userAgent: string | null },
): Promise<SignedInPerson> {
  const found = await prove(db, failures, attempt);
  if (found === undefined) throw new AppError('invalid_credentials', 401);
  return createSession(db, found.id, attempt.userAgent);
}

/** Proves the asking person's own password again. @throws AppError wrong_password, rate_limited */
export async function assertPassword(db: Db, failures: Failures, attempt: Attempt): Promise<void> {
  if ((await prove(db, failures, attempt)) === undefined) throw new AppError('wrong_password', 403);
}

/** Undefined: nobody has this name and this password. @throws AppError rate_limited */
async function prove(db: Db, failures: Failures, { username, password, ip }: Attempt): Promise<Credential | undefined> {
  const name = normaliseName(username);
  const found = await findCredential(db, name);
  const limits = limitsOf(found?.id ?? name, ip);
  failures.assertBelow(limits);
  failures.add(limits);
  if (!(await verifyPassword(password, found?.password_hash))) return undefined;
  failures.forgive(limits);
  return found;
}

/**
 * One address may fail on many names, one name from many addresses; a person is one name, however it is spelt. The wide limit on a name is high: it must stop guessing
 * without letting strangers lock people out.
 */
function limitsOf(name: string, ip: string): FailureLimit[] {
  const from = rateLimit.normalizeIP(ip, 64);
  return [
    { key: `ip:${from}`, max: 200, windowMs },
    { key: `name:${name}`, max: 100, windowMs },
    { key: `both:${from} ${name}`, max: 10, windowMs },
  ];
}

/** Where a person has more, the oldest end: nobody works in so many places. */
const mostSessions = 20;
/** More than any browser says; anybody may send anything. */
const longestUserAgent = 400;

async function createSession(db: Db, personId: string, userAgent: string | null): Promise<SignedInPerson> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + idleMs);
  await db.deleteFrom('session').where('person_id', '=', personId).where('expires_at', '<', new Date()).execute();
  await db
    .insertInto('session')
    .values({
      token_hash: hashToken(token),
      person_id: personId,
      kind: 'browser',
      expires_at: expiresAt,
      user_agent: userAgent?.slice(0, longestUserAgent) ?? null,
    })
    .execute();
  const ended = await db
    .deleteFrom('session')
    .where('person_id', '=', personId)
    .where('token_hash', 'in', (kept) =>
      kept
        .selectFrom('session')
        .select('token_hash')
        .where('person_id', '=', personId)
        .orderBy('created_at', 'desc')
        .offset(mostSessions),
    )
    .returning('token_hash')
    .execute();
  return { personId, token, expiresAt, ended: ended.map((row) => row.token_hash.toString('hex')) };
}

interface Credential {
  id: string;
  password_hash: string;
}

/** `name`: as normaliseName gives it. */
function findCredential(db: Db, name: string): Promise<Credential | undefined> {
  return db
    .selectFrom('person')
    .innerJoin('credential', 'credential.person_id', 'person.id')
    .select(['person.id', 'credential.password_hash'])
    .where((eb) => eb(eb.fn('lower', ['person.username']), '=', name))
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst();
}
