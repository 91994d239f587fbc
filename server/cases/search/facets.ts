/** What the filters of the search offer: flows, and the stages at which cases of each can wait. */
import type { Static } from 'typebox';
import type { Db, Tx } from '../../db/as.ts';
import { getFlow, type PublishedFlow } from '../../definitions/published.ts';
import type { Text } from '../../../workflows/engine/flow.gen.ts';
import type { CaseFacets } from './schemas.ts';

export async function readFacets(db: Db, tx: Tx): Promise<Static<typeof CaseFacets>> {
  const rows = await tx
    .selectFrom('flow')
    .select(['key', 'title', 'current_version as version'])
    .orderBy('key')
    .execute();
  const flows = rows.map(async ({ key, title, version }) => ({
    key,
    title,
    stages: stagesOf(await getFlow(db, { key, version }, tx)),
  }));
  return { flows: await Promise.all(flows) };
}

/** The given step, and all that have the same title in the flow: 代理人确认 may be two steps. Without a flow, the step alone. */
export async function stepsNamedAs(db: Db, tx: Tx, key: string | undefined, step: string): Promise<string[]> {
  if (key === undefined) return [step];
  const row = await tx
    .selectFrom('flow')
    .select('current_version as version')
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return [step];
  const steps = waitingSteps(await getFlow(db, { key, version: row.version }, tx));
  const words = steps.find(({ id }) => id === step)?.title['zh-CN'];
  return [step, ...steps.filter(({ title }) => title['zh-CN'] === words).map(({ id }) => id)];
}

/** One a wording, in the order of the flow. */
function stagesOf(flow: PublishedFlow): { step: string; title: Text }[] {
  const byWords = new Map<string, { step: string; title: Text }>();
  for (const { id, title } of waitingSteps(flow)) {
    if (!byWords.has(title['zh-CN'])) byWords.set(title['zh-CN'], { step: id, title });
  }
  return [...byWords.values()];
}

/** Steps at which a case waits, by their titles: staff search and count, and what its initiator is told there (`stage`) speaks to the initiator. */
export function waitingSteps(flow: PublishedFlow): { id: string; title: Text }[] {
  return [...flow.steps.values()].flatMap(({ step }) => {
    if (step.kind !== 'userTask' && step.kind !== 'approval') return [];
    return [{ id: step.id, title: step.title }];
  });
}
