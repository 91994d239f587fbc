/** Tells administrators once of each year that a calendar in use has no list of days off for. */
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { sendHints } from '../db/hint.ts';
import { asEngine, type Tx } from '../db/as.ts';
import { isUsed } from './calendars.ts';
import { missingYears } from './missing.ts';

const kind = 'calendar_year_missing';

/** How many were told. */
export function warnOfMissingYears({ db }: Pick<Deps, 'db'>, now: Date): Promise<number> {
  return asEngine(db, async (tx) => {
    const calendars = await tx
      .selectFrom('calendar as c')
      .innerJoin('calendar_version as v', (join) =>
        join.onRef('v.calendar', '=', 'c.key').onRef('v.version', '=', 'c.current_version'),
      )
      .select(['c.key', 'c.title', 'c.warned_of', 'v.definition'])
      .forUpdate('c')
      .execute();
    let told = 0;
    for (const { key, title, warned_of: warnedOf, definition } of calendars) {
      const years = missingYears(definition, now).filter((year) => year > (warnedOf ?? 0));
      const last = years.at(-1);
      if (last === undefined || !(await isUsed(tx, key))) continue;
      for (const year of years) told += await tell(tx, { calendar: key, title, year });
      await tx.updateTable('calendar').set({ warned_of: last }).where('key', '=', key).execute();
    }
    return told;
  });
}

/** Whoever may publish calendars in the whole company. */
async function tell(tx: Tx, params: { calendar: string; title: unknown; year: number }): Promise<number> {
  const { rows } = await sql<{ person: string }>`
    insert into notification (person_id, kind, params, dedupe)
    select distinct p.id, ${kind}, ${JSON.stringify(params)}::jsonb, ${`${kind}:${params.calendar}:${params.year}:`} || p.id
    from person p join role_grant g on g.person_id = p.id and g.community_id is null join role r on r.key = g.role
    where p.disabled_at is null and verb_matches(r.may, 'calendar.publish')
    on conflict (dedupe) do nothing returning person_id as person`.execute(tx);
  const persons = rows.map(({ person }) => person);
  if (persons.length > 0) sendHints(tx, [{ kind: 'notification', caseId: null, taskId: null, persons, pools: [] }]);
  return persons.length;
}
