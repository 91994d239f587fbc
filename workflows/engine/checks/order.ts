/** Which step comes before which, and whether a return may go from one to the other. */
import type { Checking } from '../check.ts';
import { isHuman, isOnTheWay } from '../tree.ts';

type Visits = Checking['visits'];

/** In document order. */
export function isEarlier(visits: Visits, first: string, second: string): boolean {
  const ids = visits.map(({ step }) => step.id);
  return ids.indexOf(first) < ids.indexOf(second);
}

/** A human step that every way to `from` has passed; a return to anything else could enter a branch that was not taken. */
export function isReturnTarget(visits: Visits, from: string, to: string): boolean {
  const source = visits.find(({ step }) => step.id === from);
  const target = visits.find(({ step }) => step.id === to);
  if (!source || !target || !isHuman(target.step) || !isEarlier(visits, to, from)) return false;
  return isOnTheWay(target.path, source.path);
}
