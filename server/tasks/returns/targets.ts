/** Where a task may be returned to, nearest last. Inside items, and from behind them, the case's log says where they stand. */
import type { Static } from 'typebox';
import { compile, type Compiled } from '../../../workflows/engine/compile.ts';
import { forgottenBehind, mayReturnTogether, returnPlaces } from '../../../workflows/engine/return.ts';
import { isReachableBackwards } from '../../../workflows/engine/tree.ts';
import type { Place } from '../../../workflows/engine/types.ts';
import type { LogRow } from '../../case-views/history.ts';
import { stepTitle } from '../../case-views/task-items.ts';
import { labelsOfPlaces } from '../../commands/apply/item-labels.ts';
import { readCaseState } from '../../commands/case-state.ts';
import { findNames } from '../../commands/people.ts';
import type { Tx } from '../../db/as.ts';
import type { PublishedFlow } from '../../definitions/published.ts';
import type { ReturnTarget } from './schemas.ts';

type Target = Static<typeof ReturnTarget>;

interface Asked {
  flow: PublishedFlow;
  caseId: string;
  task: string;
  step: string;
  history: readonly LogRow[];
}

/** A place with the decision that was taken there. */
interface Done {
  place: Place;
  last: LogRow | undefined;
  /** Items of its step that are done and no longer kept. */
  older: number;
}

export async function readReturnTargets(tx: Tx, asked: Asked): Promise<Target[]> {
  const { flow, caseId } = asked;
  const compiled = compile(flow.loaded);
  const hasItems = [...flow.steps.values()].some(({ step }) => step.kind === 'forEach');
  const done = hasItems ? await doneInState(tx, asked) : doneInHistory(compiled, asked);
  const labels = await labelsOfPlaces(tx, { flow, caseId, places: done.map(({ place }) => place) });
  const names = await findNames(
    tx,
    done.map(({ last }) => last?.actor ?? null),
  );
  return done.map(({ place, last, older }, index) => ({
    step: place.step,
    title: stepTitle(flow, place.step),
    item: place.item,
    itemLabel: labels[index] ?? null,
    together: done.some((other) => mayReturnTogether(compiled, place, other.place)),
    by: names.get(last?.actor ?? '') ?? null,
    at: last?.at.toISOString() ?? null,
    older,
  }));
}

/** Steps that somebody completed on the way here; the engine refuses what a return has cut off since. */
function doneInHistory(compiled: Compiled, { flow, step, history }: Asked): Done[] {
  const completed = new Map(history.filter(({ type }) => type === 'task_completed').map((row) => [row.step, row]));
  return [...flow.steps.keys()].flatMap((id) => {
    const last = completed.get(id);
    return last && isReachableBackwards(compiled, step, id)
      ? [{ place: { step: id, item: null }, last, older: 0 }]
      : [];
  });
}

async function doneInState(tx: Tx, { flow, caseId, task: id, history }: Asked): Promise<Done[]> {
  const { compiled, state } = await readCaseState(tx, flow, caseId);
  const task = state.tasks.find((open) => open.id === id);
  if (!task) return [];
  return returnPlaces(compiled, state, task).map((place) => {
    const { rev } = state.trail.find(({ step, item }) => step === place.step && item === place.item) ?? {};
    const older = forgottenBehind(compiled, state, { task, step: place.step });
    return { place, last: history.find((row) => row.rev === rev), older };
  });
}
