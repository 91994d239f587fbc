/** Which tasks a command opened for the person who gave it: where their screen goes next. */
import { sql } from 'kysely';
import type { CommandAnswer } from '../../workflows/messages.ts';
import { asPerson, type Db } from '../db/as.ts';
import { mayDecide, type Decider } from './may-decide.ts';

/** From the engine's answer, without another round trip. */
export function openedFor(
  person: { decider: Decider; communityId: string | null },
  answer: CommandAnswer | null,
): string[] {
  if (answer === null) return [];
  const { decider, communityId } = person;
  const opened = answer.entries.filter(({ rev }) => rev >= answer.rev).flatMap((entry) => entry.opened);
  return opened
    .filter(
      ({ assignee, pool, never }) =>
        mayDecide(decider, { assignee, pool, claimedBy: null, communityId, never }, 'complete', undefined) === 'yes',
    )
    .map(({ task }) => task);
}

/** From the log, for a repeated request: the command's own rev and those of the people it resolved. */
export async function openedBy(db: Db, person: string, command: string): Promise<string[]> {
  return asPerson(db, person, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select t.id from case_event e join task t on t.case_id = e.case_id and t.opened_rev >= e.rev
      where e.command_id = ${command} and (t.holder = current_person() or (t.holder is null and not (current_person() = any (t.never)) and t.pool in (select m.role from my_roles() m
          where m.community_id is null or m.community_id = t.community_id)))
        and not exists (select from case_event b where b.case_id = e.case_id and b.rev > e.rev and b.rev <= t.opened_rev
          and b.type <> 'people_resolved')
      order by t.id`.execute(tx);
    return rows.map(({ id }) => id);
  });
}
