/** How many running cases wait at which stage, by the title of the step (the search groups them the same way). */
import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Db, Tx } from '../../db/as.ts';
import { getFlow } from '../../definitions/published.ts';
import { waitingSteps } from '../search/facets.ts';
import type { OverviewStage } from './schemas.ts';

type Stage = Static<typeof OverviewStage>;

interface Place {
  flow: string;
  position: string[];
  cases: number;
  overdue: number;
}

/** In the order of each flow; stages at which nothing waits are left out. */
export async function countStages(db: Db, tx: Tx, community: string | null): Promise<Stage[]> {
  const places = await readPlaces(tx, community);
  const flows = await tx
    .selectFrom('flow')
    .select(['key', 'title', 'current_version as version'])
    .where('key', 'in', ['', ...new Set(places.map(({ flow }) => flow))])
    .orderBy('key')
    .execute();
  const stages = flows.map(async ({ key, title, version }) => {
    const steps = waitingSteps(await getFlow(db, { key, version }, tx));
    const mine = places.filter(({ flow }) => flow === key);
    return firstOfWords(steps).map((first) => {
      const same = steps.filter(({ title: words }) => words['zh-CN'] === first.title['zh-CN']).map(({ id }) => id);
      const here = mine.filter(({ position }) => position.some((step) => same.includes(step)));
      return { flow: key, flowTitle: title, step: first.id, title: first.title, ...total(here) };
    });
  });
  return (await Promise.all(stages)).flat().filter(({ cases }) => cases > 0);
}

function firstOfWords<T extends { title: { 'zh-CN': string } }>(steps: readonly T[]): T[] {
  return steps.filter((step, i) => steps.findIndex(({ title }) => title['zh-CN'] === step.title['zh-CN']) === i);
}

function total(places: readonly Place[]): { cases: number; overdue: number } {
  return {
    cases: places.reduce((sum, place) => sum + place.cases, 0),
    overdue: places.reduce((sum, place) => sum + place.overdue, 0),
  };
}

/** Cases that stand at the same steps are one row: as many rows as there are ways to stand, not as there are cases. */
async function readPlaces(tx: Tx, community: string | null): Promise<Place[]> {
  const { rows } = await sql<Place>`
    with late as materialized (
      select distinct t.case_id from task t where t.state in ('open', 'completing') and t.due_at < now())
    select c.flow, c.position, count(*)::int as cases, count(l.case_id)::int as overdue
      from "case" c left join late l on l.case_id = c.id
     where c.status = 'running' and (${community}::uuid is null or c.community_id = ${community}::uuid)
     group by c.flow, c.position`.execute(tx);
  return rows;
}
