/** What the kinds with branches share: beginning some of them, and joining them (BPMN 2.0, 13.4.1 to 13.4.3). */
import type { Inclusive, Parallel } from '../flow.gen.ts';
import { closeBesideIn } from '../handlers.ts';
import { closeUnder, newFrame, openIncident, type Run } from '../run.ts';
import type { BranchKey, Frame } from '../state.ts';
import { neededOf } from '../tree.ts';
import { endAround } from './end-around.ts';

type Joined = Parallel | Inclusive;

/** Begins the given branches, each in a scope of its own, in their order. */
export function enterBranches(run: Run, frame: Frame, branches: readonly BranchKey[], item = frame.item): void {
  frame.children = branches.map((branch) => newFrame(run, { step: frame.step, branch, item }));
  for (const scope of frame.children) run.agenda.push({ do: 'enter', scope: scope.id });
}

/** No condition holds, and nothing is said for that: no error of the process, but one of whoever made it. */
export function noWay(run: Run, frame: Frame): void {
  openIncident(run, frame, { code: 'no_way', detail: {}, resume: { do: 'open' } });
}

/** Begins branches that will be joined; of a join that is tried again those that have not come to it. */
export function beginJoined(run: Run, frame: Frame, step: Joined, branches: readonly BranchKey[]): void {
  const missing = branches.filter((branch) => !frame.arrived.includes(branch));
  delete frame.lost;
  if (missing.length === 0) waitInVain(run, frame, step);
  else enterBranches(run, frame, missing);
}

/** One of several branches is over. The join goes on when enough have come to it, and ends with them when none has. */
export function joinBranch(run: Run, frame: Frame, step: Joined, scope: Frame): void {
  noteOver(run, frame, scope);
  const { children, arrived } = frame;
  const needed = neededOf(step);
  const isMet = needed === null ? children.length === 0 && arrived.length > 0 : arrived.length >= needed;
  if (isMet) {
    for (const cancelled of children) closeBesideIn(run, cancelled);
    closeUnder(run, frame);
    run.agenda.push({ do: 'leave', frame: frame.id });
  } else if (children.length === 0) {
    if (arrived.length > 0) waitInVain(run, frame, step);
    else endAround(run, frame, 'token', run.ended.get(scope.id) ?? 'completed');
  }
}

function noteOver(run: Run, frame: Frame, scope: Frame): void {
  frame.children = frame.children.filter((child) => child !== scope);
  if (scope.branch === null) return;
  if (run.lost.has(scope.id)) frame.lost = [...(frame.lost ?? []), scope.branch];
  else frame.arrived.push(scope.branch);
}

/** A join to which too few branches can still come. */
export const JOIN_INCOMPLETE = 'join_incomplete';

/** BPMN waits for ever; here somebody is told. */
function waitInVain(run: Run, frame: Frame, step: Joined): void {
  const detail = { arrived: frame.arrived.length, needed: neededOf(step) };
  openIncident(run, frame, { code: JOIN_INCOMPLETE, detail, resume: { do: 'open' } });
}

/** A branch begins again beside the others; what it comes to is no longer known. */
export function reopenBranch(run: Run, frame: Frame, branch: BranchKey): Frame {
  const isOther = (key: BranchKey): boolean => key !== branch;
  frame.arrived = frame.arrived.filter(isOther);
  if (frame.lost) frame.lost = frame.lost.filter(isOther);
  const { state } = run;
  state.incidents = state.incidents.filter(({ frame: on, code }) => on !== frame.id || code !== JOIN_INCOMPLETE);
  const scope = newFrame(run, { step: frame.step, branch, item: frame.item });
  frame.children.push(scope);
  return scope;
}
