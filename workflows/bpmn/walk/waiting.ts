/** Which BPMN elements a case waits at, and which of its timers belongs to one. */
import { isHandlerKey, handlerOf } from '../../engine/catching.ts';
import { findFrame, type BranchKey, type State, type Timer } from '../../engine/state.ts';
import { JOIN_INCOMPLETE } from '../../engine/steps/branches.ts';
import type { ImportedFlow } from '../import.ts';
import { joinKey } from '../making.ts';

type Known = Pick<ImportedFlow, 'elements'>;

/**
 * One entry for each token that waits, boundary events and event sub-processes left out: they only listen. Of tokens at a join those for which
 * it waits in vain.
 */
export function waitingElements(known: Known, state: State): string[] {
  const tasks = state.tasks.map(({ step }) => elementOf(known, step, null));
  const waits = state.waits
    .filter(({ part }) => !isListening(part))
    .map(({ frame, part }) => at(known, state, frame, part));
  const timers = state.timers
    .filter(({ what }) => what.kind === 'wait' || (what.kind === 'catch' && !isListening(what.part)))
    .map((timer) => elementOfTimer(known, state, timer));
  const joins = state.incidents.filter(isAtJoin).flatMap(({ frame: id }) => {
    const frame = findFrame(state, id)?.frame;
    return (
      frame?.arrived.map(() => known.elements[joinKey(frame.step ?? '')] ?? elementOf(known, frame.step, null)) ?? []
    );
  });
  return [...tasks, ...waits, ...timers, ...joins].flatMap((element) => element ?? []);
}

/** Whether a case waits at a join to which too few tokens can come: that is how it stands, and no error. */
export function isAtJoin({ code }: { code: string }): boolean {
  return code === JOIN_INCOMPLETE;
}

function isListening(part: BranchKey | null): boolean {
  return part !== null && isHandlerKey(part);
}

/** The element that a timer belongs to, also one that only listens. */
export function elementOfTimer(known: Known, state: State, { frame, what }: Timer): string | undefined {
  if (what.kind === 'wait') return at(known, state, frame, null);
  return what.kind === 'catch' ? at(known, state, frame, what.part) : undefined;
}

function at(known: Known, state: State, frame: number, part: BranchKey | null): string | undefined {
  return elementOf(known, findFrame(state, frame)?.frame.step ?? null, part);
}

function elementOf({ elements }: Known, step: string | null, part: BranchKey | null): string | undefined {
  if (part !== null && isHandlerKey(part)) return elements[handlerOf(part)];
  return part === null ? elements[step ?? ''] : elements[`${step ?? ''}/${part.slice(part.indexOf('.') + 1)}`];
}
