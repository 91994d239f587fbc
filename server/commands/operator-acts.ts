/** tx1 of what an operator does to a running case: suspend and resume it, pass over a step, move it. Each says why, and the log keeps it. */
import type { Place } from '../../workflows/engine/types.ts';
import type { Deps } from '../deps.ts';
import { giveCase, requireVerb } from './case-acts.ts';
import type { Given } from './give.ts';
import type { CommandArgs, CommandKind, Intention } from './types.ts';

interface ReasonedAct {
  caseId: string;
  reason: string;
}
export interface SkipAct extends ReasonedAct {
  step: string | null;
  item: string | null;
  incident: number | null;
  outcome: string | null;
}

/** @throws AppError not_found, forbidden, case_closed, case_suspended */
export function suspendCase(deps: Deps, intention: Intention, act: ReasonedAct): Promise<Given> {
  return operate({ deps, intention, act, kind: 'suspend' });
}

/** @throws AppError not_found, forbidden, case_closed, not_suspended */
export function resumeCase(deps: Deps, intention: Intention, act: ReasonedAct): Promise<Given> {
  return operate({ deps, intention, act, kind: 'resumeCase' });
}

/** @throws AppError not_found, forbidden, case_closed, step_not_waiting, incident_unknown, unknown_outcome */
export function skipStep(deps: Deps, intention: Intention, act: SkipAct): Promise<Given> {
  const { step, item, incident, outcome } = act;
  return operate({ deps, intention, act, kind: 'skip', args: { step, item, incident, outcome } });
}

export interface ModifyAct extends ReasonedAct {
  cancel: Place[];
  start: Place[];
  compensate: boolean;
}

/** Exclusive: nothing else of the case may be on its way (protocol.md rule 14). @throws AppError …, modify_invalid, case_busy */
export function modifyCase(deps: Deps, intention: Intention, act: ModifyAct): Promise<Given> {
  const { cancel, start, compensate } = act;
  return operate({ deps, intention, act, kind: 'modify', args: { cancel, start, compensate } });
}

interface Operating {
  deps: Deps;
  intention: Intention;
  act: ReasonedAct;
  kind: Extract<CommandKind, 'suspend' | 'resumeCase' | 'skip' | 'modify'>;
  args?: CommandArgs;
}

function operate({ deps, intention, act: { caseId, reason }, kind, args = {} }: Operating): Promise<Given> {
  return giveCase({ deps, intention, caseId, kind }, (_tx, found) => {
    requireVerb(found, 'case.operate');
    return Promise.resolve({ args, patch: null, comment: reason, readRev: null });
  });
}
