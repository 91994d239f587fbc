/**
 * A service step that waits for a call back, as its activity sees it: an address is made before the other side is asked, and kept by its hash
 * alone; asked again after a crash it is the same. A body that has come is taken whatever became of the request.
 */
import { sql } from 'kysely';
import type { CallbackWish } from '../../../activities/types.ts';
import type { Values } from '../../../forms/types.ts';
import { asEngine } from '../../db/as.ts';
import type { Deps } from '../../deps.ts';
import { hashOf, tokenOf } from './token.ts';

export interface CallbackOf {
  caseId: string;
  effect: number;
}
/** `asked`: the other side has the address for sure. */
export type Callback =
  { state: 'open'; asked: boolean } | { state: 'expired' | 'closed' } | { state: 'received'; body: Values };

type Needs = Pick<Deps, 'db' | 'config'>;

/** The address that leads back to the effect. Its time runs from the first asking. */
export async function openCallback(
  { db, config }: Needs,
  of: CallbackOf & { activity: string },
  { withinMs, expect }: CallbackWish,
): Promise<string> {
  const { caseId, effect, activity } = of;
  const name = `${caseId}:${effect}`;
  const token = await asEngine(db, async (tx) => {
    const { rows } = await sql<{ keyId: string }>`
      select key_id as "keyId" from callback where case_id = ${caseId} and effect = ${effect}`.execute(tx);
    const made = tokenOf(config.codecKeys, name, rows[0]?.keyId);
    await sql`
      insert into callback (case_id, effect, token_hash, key_id, activity, expect, expires_at, next_at)
      select ${caseId}, ${effect}, ${hashOf(made.text)}, ${made.keyId}, ${activity}, ${JSON.stringify(expect)}::jsonb, t, t
      from (select now() + ${withinMs} * interval '1 millisecond' as t) x
      on conflict (case_id, effect) do update set token_hash = excluded.token_hash, key_id = excluded.key_id`.execute(
      tx,
    );
    return made;
  });
  return `${originOf(config)}/api/callbacks/${token.text}`;
}

function originOf({ publicUrl, host, port }: Deps['config']): string {
  return publicUrl ?? `http://${host}:${port}`;
}

const columns = sql`state, body, asked_at is not null as asked`;
interface Row {
  state: Callback['state'];
  body: Values | null;
  asked: boolean;
}

function callbackOf(row: Row | undefined): Callback | undefined {
  if (row === undefined) return undefined;
  const { state, body, asked } = row;
  if (state === 'open') return { state, asked };
  return state === 'received' ? { state, body: body ?? {} } : { state };
}

/** Undefined: the effect has made no address. */
export function readCallback({ db }: Pick<Deps, 'db'>, { caseId, effect }: CallbackOf): Promise<Callback | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } =
      await sql<Row>`select ${columns} from callback where case_id = ${caseId} and effect = ${effect}`.execute(tx);
    return callbackOf(rows[0]);
  });
}

/** The other side has been asked; it may have called back before it said so. */
export function noteAsked({ db }: Pick<Deps, 'db'>, { caseId, effect }: CallbackOf): Promise<Callback | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Row>`
      update callback set asked_at = coalesce(asked_at, now()) where case_id = ${caseId} and effect = ${effect} returning ${columns}`.execute(
      tx,
    );
    return callbackOf(rows[0]);
  });
}

/** The case went on without it: the address is dead from now on, unless somebody was told that their call was taken. */
export function closeCallback({ db }: Pick<Deps, 'db'>, { caseId, effect }: CallbackOf): Promise<Callback | undefined> {
  return asEngine(db, async (tx) => {
    const { rows } = await sql<Row>`
      update callback set state = case when state = 'received' then state else 'closed' end
      where case_id = ${caseId} and effect = ${effect} returning ${columns}`.execute(tx);
    return callbackOf(rows[0]);
  });
}
