/**
 * The one answer to "may this person do this with this task?" for every path that can decide (design.md section 6). Row security is
 * the second lock; the engine refuses what the case no longer allows.
 */
import type { Allow } from '../../workflows/engine/flow.gen.ts';

export type TaskAct = 'complete' | 'draft' | 'return' | 'transfer' | 'claim' | 'release';

export interface Grant {
  role: string;
  /** Null: in every community. */
  community: string | null;
  /** Verbs of the role. */
  may: string[];
}
export interface Decider {
  id: string;
  grants: readonly Grant[];
}
export interface DecidedTask {
  assignee: string | null;
  claimedBy: string | null;
  pool: string | null;
  communityId: string | null;
}
/** `not_yours`: another person's work. `not_here`: the flow forbids the act at this step. */
export type Verdict = 'yes' | 'not_yours' | 'not_here';

export function mayDecide(person: Decider, task: DecidedTask, act: TaskAct, allow: Allow | undefined): Verdict {
  const isHolder = (task.claimedBy ?? task.assignee) === person.id;
  const isPooled = task.claimedBy === null && task.pool !== null && holdsRole(person, task.pool, task.communityId);
  switch (act) {
    case 'complete':
    case 'draft':
      return yours(isHolder || isPooled);
    case 'return':
      return allow?.return === false ? 'not_here' : yours(isHolder || isPooled);
    case 'transfer':
      if (allow?.transfer === false) return 'not_here';
      return yours(isHolder || isPooled || mayIn(person, 'task.reassign', task.communityId));
    case 'claim':
      return allow?.claim === false ? 'not_here' : yours(isPooled);
    case 'release':
      return yours(task.claimedBy === person.id);
    default:
      return unreachable(act);
  }
}

export function holdsRole({ grants }: Decider, role: string, communityId: string | null): boolean {
  return grants.some((grant) => grant.role === role && reaches(grant, communityId));
}

/** Whether a verb is held in the community (null: company-wide). */
export function mayIn({ grants }: Decider, verb: string, communityId: string | null): boolean {
  return grants.some((grant) => reaches(grant, communityId) && matches(grant.may, verb));
}

function reaches({ community }: Grant, communityId: string | null): boolean {
  return community === null || community === communityId;
}

/** As verb_matches in the first migration. */
function matches(granted: readonly string[], verb: string): boolean {
  return granted.includes(verb) || granted.includes('*') || granted.includes(`${verb.split(':')[0] ?? ''}:*`);
}

function yours(isYours: boolean): Verdict {
  return isYours ? 'yes' : 'not_yours';
}

function unreachable(act: never): never {
  throw new Error(`unknown act ${String(act)}`);
}
