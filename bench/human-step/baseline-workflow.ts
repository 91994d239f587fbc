/** What one would write by hand for the errand: an Update a step, whose handler writes the rows by an activity and then answers. */
import { condition, defineUpdate, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { BaselineActivities, Move } from './baseline-activities.ts';

export const moveUpdate = defineUpdate<string | null, [Move]>('move');

const options = { startToCloseTimeout: '10s' } as const;
const ordinary = proxyActivities<BaselineActivities>(options);
const local = proxyLocalActivities<BaselineActivities>(options);

async function errand(write: BaselineActivities['writeRows']): Promise<void> {
  let isOver = false;
  let rev = 0;
  setHandler(moveUpdate, async (move) => {
    rev += 1;
    const next = await write({ ...move, rev, at: Date.now() });
    isOver = next === null;
    return next;
  });
  await condition(() => isOver);
}

export function errandByActivity(): Promise<void> {
  return errand(ordinary.writeRows);
}

export function errandByLocalActivity(): Promise<void> {
  return errand(local.writeRows);
}
