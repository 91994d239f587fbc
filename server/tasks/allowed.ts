/** Which acts on a task are the reader's now. What only the engine knows is asked of the case's log, and only where it may matter. */
import { removableOf } from '../../workflows/engine/signers.ts';
import type { LogRow } from '../case-views/history.ts';
import type { TaskItemRow } from '../case-views/task-items.ts';
import type { HumanStep } from '../commands/access.ts';
import { readCaseState } from '../commands/case-state.ts';
import { mayDecide, type DecidedTask, type Decider, type TaskAct } from '../commands/may-decide.ts';
import { findNames } from '../commands/people.ts';
import { lookBack } from '../commands/take-back.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { Static } from 'typebox';
import type { TaskDetail } from './schemas.ts';

type Allowed = Pick<Static<typeof TaskDetail>, 'allow' | 'addedSigners'>;

export interface Asked {
  flow: PublishedFlow;
  step: HumanStep;
  decider: Decider;
  row: TaskItemRow;
  /** `isDelegated`: whoever it was delegated to works on it, and cannot hand it on. */
  more: DecidedTask & { status: string; isDelegated: boolean };
  history: readonly LogRow[];
  can: (act: TaskAct) => boolean;
}

export async function readAllowed(tx: Tx, asked: Asked): Promise<Allowed> {
  const { step, more, can } = asked;
  const maySign = step.kind === 'approval' && !more.isDelegated;
  const allow = {
    claim: can('claim'),
    release: can('release'),
    transfer: can('transfer'),
    return: can('return'),
    delegate: !more.isDelegated && can('delegate'),
    addSigners: maySign && can('addSigners'),
    ask: can('ask'),
    takeBack: await mayTakeBack(tx, asked),
  };
  return { allow, addedSigners: maySign && can('removeSigners') ? await readAdded(tx, asked) : [] };
}

/** The decision is the reader's, and nobody has gone on from there. */
async function mayTakeBack(tx: Tx, { flow, step, decider, row, more }: Asked): Promise<boolean> {
  const isAsked = row.state === 'done' && more.status === 'running';
  if (!isAsked || mayDecide(decider, more, 'takeBack', step.allow) !== 'yes') return false;
  const { begun } = await lookBack(tx, flow, { caseId: row.case_id, task: row.id, by: decider.id });
  return begun === null;
}

/** Whom somebody added to the seat of this task and who has not decided. */
async function readAdded(tx: Tx, { flow, row, history, decider }: Asked): Promise<Allowed['addedSigners']> {
  if (!history.some(({ type }) => type === 'signers_added')) return [];
  const { state } = await readCaseState(tx, flow, row.case_id);
  const task = state.tasks.find(({ id }) => id === row.id);
  // Whoever holds it leaves anybody out; whoever only added its holder, their own.
  const by = row.holder === decider.id ? undefined : decider.id;
  const persons = task === undefined ? [] : removableOf(state, task, by);
  const names = await findNames(tx, persons);
  return persons.flatMap((id) => names.get(id) ?? []);
}
