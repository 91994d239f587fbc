/**
 * The one answer to "may this person do this with this task?" for every path that can decide (design.md section 6). Row security is
 * the second lock; the engine refuses what the case no longer allows.
 */
import type { Allow } from '../../workflows/engine/flow.gen.ts';

export type TaskAct =
  | 'complete'
  | 'draft'
  | 'return'
  | 'transfer'
  | 'delegate'
  | 'addSigners'
  | 'removeSigners'
  | 'claim'
  | 'release'
  | 'pause'
  | 'resume'
  | 'takeBack'
  | 'handOver'
  | 'ask';

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
  /** Who decided it, once somebody has. */
  closedBy?: string | null;
  /** Who may have nothing to do with it. */
  never: readonly string[];
  /** How it came to its holder. */
  explanation?: { policy?: string | null; by?: string | null };
}
/** `not_yours`: another person's work, or work they never handle. `not_here`: the flow forbids the act at this step. */
export type Verdict = 'yes' | 'not_yours' | 'not_here';

export function mayDecide(person: Decider, task: DecidedTask, act: TaskAct, allow: Allow | undefined): Verdict {
  const forbidden = forbiddenBy[act];
  if (forbidden !== undefined && allow?.[forbidden] === false) return 'not_here';
  if (!letsGo.has(act) && task.never.includes(person.id)) return 'not_yours';
  return isTheirs[act](person, task) ? 'yes' : 'not_yours';
}

/** Acts of whoever hands out work, or gives up what they have: they handle nothing by them. */
const letsGo: ReadonlySet<TaskAct> = new Set(['transfer', 'handOver', 'release', 'resume', 'takeBack']);

/** What of `allow` in the flow forbids the act. */
const forbiddenBy: Partial<Record<TaskAct, keyof Allow>> = {
  return: 'return',
  transfer: 'transfer',
  delegate: 'delegate',
  addSigners: 'addSigners',
  removeSigners: 'addSigners',
  claim: 'claim',
  takeBack: 'takeBack',
  ask: 'ask',
};

const isTheirs: Record<TaskAct, (person: Decider, task: DecidedTask) => boolean> = {
  complete: worksOn,
  draft: worksOn,
  return: worksOn,
  transfer: (person, task) => worksOn(person, task) || mayIn(person, 'task.reassign', task.communityId),
  delegate: worksOn,
  addSigners: worksOn,
  removeSigners: (person, task) => worksOn(person, task) || hasAdded(person, task),
  claim: isInTheirPool,
  release: (person, task) => task.claimedBy === person.id,
  pause: worksOn,
  resume: (person, task) => worksOn(person, task) || mayIn(person, 'task.reassign', task.communityId),
  takeBack: (person, task) => task.closedBy === person.id,
  handOver: (person, task) => worksOn(person, task) || mayIn(person, 'task.reassign', task.communityId),
  ask: worksOn,
};

/** Whoever holds it; while nobody does, everybody of the pool. */
function worksOn(person: Decider, task: DecidedTask): boolean {
  return (task.claimedBy ?? task.assignee) === person.id || isInTheirPool(person, task);
}

function isInTheirPool(person: Decider, { claimedBy, assignee, pool, communityId }: DecidedTask): boolean {
  return claimedBy === null && assignee === null && pool !== null && holdsRole(person, pool, communityId);
}

/** Whoever added its holder to an approval. */
function hasAdded(person: Decider, { explanation }: DecidedTask): boolean {
  return explanation?.policy === 'added' && explanation.by === person.id;
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
