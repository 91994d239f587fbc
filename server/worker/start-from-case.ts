/** The one function that starts cases (protocol.md rule 10), for an activity of a case: on behalf of its initiator, at most so many in a chain. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { StartedCase, StartWish } from '../../activities/index.ts';
import { startCase } from '../commands/start.ts';
import { asEngine, type Tx } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';

/** A case that starts a case that starts a case … by itself: nobody means more than this. */
const longestChain = 5;

/**
 * `call`: of a callActivity, which has a depth of its own and adds nothing to the chain.
 * @throws AppError not_found, invalid_fields, start_loop
 */
export async function startFromCase(deps: Deps, wish: StartWish, call?: { waits: boolean }): Promise<StartedCase> {
  const { id, flow, fields, communityId, cause } = wish;
  const before = await asEngine(deps.db, (tx) => look(tx, wish));
  const depth = call === undefined ? before.depth : before.depth - 1;
  if (depth > longestChain) throw new AppError('start_loop', 409, { flow });
  if (before.number === null) {
    const key = { key: id, route: 'case.start' };
    const requestHash = createHash('sha256').update(id).digest();
    const place = before.isLocal ? communityId : null;
    await startCase(
      deps,
      { person: before.person, key, requestHash, isAutomatic: true },
      { flow, fields, communityId: place, caseId: id, called: call?.waits === true },
    );
  }
  return asEngine(deps.db, async (tx) => {
    await sql`insert into case_cause (case_id, cause, depth) values (${id}, ${cause}, ${depth}) on conflict do nothing`.execute(
      tx,
    );
    const { rows } = await sql<{ number: string }>`select number from "case" where id = ${id}`.execute(tx);
    const [row] = rows;
    if (row === undefined) throw new Error('a started case is not there');
    return { id, number: row.number };
  });
}

interface Before {
  /** Whose case it becomes. */
  person: string;
  depth: number;
  /** Of the case, when it is there already. */
  number: string | null;
  isLocal: boolean;
}

async function look(tx: Tx, { id, flow, cause, initiator }: StartWish): Promise<Before> {
  const { rows } = await sql<Before>`
    select coalesce(p.id, c.initiator) as person, (select number from "case" where id = ${id}) as number,
      coalesce((select d.depth from case_cause d where d.case_id = c.id), (select a.depth from automatic_start a where a.id = c.id), 0) + 1 as depth,
      coalesce((select v.schema ->> 'x-local' from flow f join form_type t on t.key = f.form join form_version v on v.form = t.key
        and v.version = t.current_version where f.key = ${flow}), 'false') = 'true' as "isLocal"
    from "case" c left join person p on p.id = ${initiator}::uuid and p.disabled_at is null where c.id = ${cause}`.execute(
    tx,
  );
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 404);
  return row;
}
