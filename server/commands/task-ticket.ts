/**
 * tx1 of an act on a task, whichever it is: locks, asks whether the person may, writes the command. task-acts.ts, pause-acts.ts and
 * signer-acts.ts say what is particular about each.
 */
import type { Values } from '../../forms/types.ts';
import type { Tx } from '../db/as.ts';
import { findRecord } from '../db/records/read.ts';
import { getFlow, type PublishedFlow } from '../definitions/published.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { isHumanStep, type HumanStep } from './access.ts';
import { standingOf } from './apply/standing.ts';
import { lockTask, lockTaskAnd, type Facts } from './facts.ts';
import type { Ticket } from './give.ts';
import { insertCommand } from './insert.ts';
import { guessOf, type OpenTask } from './known-tasks.ts';
import { toJob } from './load-job.ts';
import { explainTask } from './lost.ts';
import { mayDecide, type TaskAct } from './may-decide.ts';
import type { CommandKind, Intention, Prepared } from './types.ts';
import { uuidv7 } from './uuid.ts';

export interface WantedAct {
  deps: Deps;
  intention: Intention;
  act: { taskId: string; assignment: number };
  kind: Extract<TaskAct, CommandKind>;
  /** What the person must be allowed to do, where it is not the kind itself. */
  asking?: TaskAct;
  /** It changes the record. */
  fills?: boolean;
}
export interface FoundTask {
  facts: Facts;
  flow: PublishedFlow;
  step: HumanStep;
}
/** `record`: undefined where it is not read yet. */
export type LockedTask = FoundTask & { record: Values | undefined };
export type Change = Pick<Prepared, 'patch' | 'record'>;
type Details = Change & Pick<Prepared, 'args' | 'comment' | 'readRev' | 'deviceAt'>;

/** tx1 of one act on a task: `prepare` says what is particular about it, once the person may do it. */
export async function taskTicket(
  tx: Tx,
  wanted: WantedAct,
  prepare: (found: LockedTask) => Promise<Details>,
): Promise<Ticket> {
  const { deps, intention, act, kind, asking = kind } = wanted;
  const { facts, guess } = await lockWithRecord(tx, wanted);
  if (facts?.prior !== undefined) return { prior: facts.prior };
  const found = await authorise(tx, { deps, facts, act, kind: asking });
  const isRight = guess?.flow === found.flow && guess.caseId === found.facts.case.id;
  const record = isRight ? guess.record : undefined;
  const prepared: Prepared = {
    ...(await prepare({ ...found, record })),
    id: uuidv7(),
    person: found.facts.person,
    case: found.facts.case,
    kind,
    task: found.facts.task,
  };
  const inserted = await insertCommand(tx, prepared, intention);
  const { id: caseId, appliedRev, communityId } = found.facts.case;
  const row = { ...prepared, n: inserted.n, actor: intention.person, task: act.taskId };
  const job = toJob(row, found.flow, { caseId, lowestPending: inserted.lowestPending, acked: appliedRev });
  const standing = standingOf(prepared, found.facts.seen ?? null, inserted.stamp);
  return { job: { ...job, standing }, person: { decider: found.facts.person, communityId } };
}

/** Most acts that fill fields come to a task that this process has shown or opened: its record is read in the same trip. */
async function lockWithRecord(
  tx: Tx,
  { intention, act, fills = false }: WantedAct,
): Promise<{ facts: Facts | undefined; guess?: OpenTask & { record: Values | undefined } }> {
  const asked = { taskId: act.taskId, key: intention.key };
  const open = fills ? guessOf(act.taskId) : undefined;
  if (open === undefined) return { facts: await lockTask(tx, intention.person, asked) };
  const read = () => findRecord(tx, open.flow.form, open.caseId);
  const [facts, record] = await lockTaskAnd(tx, intention.person, { ...asked, read });
  return { facts, guess: { ...open, record: record?.fields } };
}

interface Asked {
  deps: Deps;
  facts: Facts | undefined;
  act: { taskId: string; assignment: number };
  kind: TaskAct;
}

/** The locked task, if the person may do this with it now. */
export async function authorise(tx: Tx, { deps, facts, act, kind }: Asked): Promise<FoundTask> {
  if (facts?.task.state !== 'open' || facts.task.assignment !== act.assignment)
    return explainTask(tx, act.taskId, act.assignment);
  const flow = await getFlow(deps.db, { key: facts.case.flow, version: facts.case.flowVersion }, tx);
  const step = flow.steps.get(facts.task.step)?.step;
  if (!isHumanStep(step)) throw new Error(`step ${facts.task.step} of ${flow.key} ${flow.version} is no human step`);
  const verdict = mayDecide(facts.person, facts.task, kind, step.allow);
  if (verdict === 'not_yours') return explainTask(tx, act.taskId, act.assignment);
  if (verdict === 'not_here') throw new AppError('act_not_allowed', 403, { act: kind });
  return { facts, flow, step };
}
