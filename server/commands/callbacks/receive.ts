/**
 * Somebody calls back: the body is kept in one transaction, whoever is first, and the case is woken after it. Unknown addresses and dead ones
 * cost the same look, one statement by the hash of what was sent.
 */
import { sql } from 'kysely';
import type { Expected } from '../../../activities/types.ts';
import { asEngine, type Tx } from '../../db/as.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import { sha256 } from '../canonical.ts';
import type { CallbackOf } from './ask.ts';
import { bodyErrors, keptOf } from './body.ts';
import { hashOf } from './token.ts';

interface Row extends CallbackOf {
  activity: string;
  expect: Expected;
  bodyHash: Buffer | null;
  /** Nobody has called yet, in time, and the case waits. */
  isOpen: boolean;
}

/**
 * Gives the effect to wake; the same body again gives it again.
 * @throws AppError not_found, callback_over (410), invalid_request with the paths that do not fit
 */
export function receiveCallback(
  { db }: Pick<Deps, 'db'>,
  token: string,
  body: Record<string, unknown>,
): Promise<CallbackOf> {
  return asEngine(db, async (tx) => {
    const row = await lock(tx, hashOf(token));
    if (row === undefined) throw new AppError('not_found', 404);
    const { caseId, effect } = row;
    const hash = sha256(body);
    if (row.bodyHash?.equals(hash) === true) return { caseId, effect };
    if (!row.isOpen) throw new AppError('callback_over', 410);
    const errors = bodyErrors(row, body);
    if (errors.length > 0) throw new AppError('invalid_request', 422, {}, errors);
    await sql`update callback set state = 'received', body = ${JSON.stringify(keptOf(row.expect, body))}::jsonb, body_hash = ${hash},
      received_at = now(), next_at = now() where case_id = ${caseId} and effect = ${effect}`.execute(tx);
    return { caseId, effect };
  });
}

/** Whoever calls at the same time waits for the first. An effect that has ended, or whose step is gone, waits for nothing. */
async function lock(tx: Tx, hash: Buffer): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select c.case_id as "caseId", c.effect, c.activity, c.expect, c.body_hash as "bodyHash",
      c.state = 'open' and c.expires_at > now() and f.state = 'pending' and not f.late as "isOpen"
    from callback c join effect f on f.case_id = c.case_id and f.id = c.effect where c.token_hash = ${hash} for update of c`.execute(
    tx,
  );
  return rows[0];
}
