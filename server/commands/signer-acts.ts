/** tx1 of the acts that change who is asked: delegate, add signers, remove signers. */
import { askedWith, removableOf } from '../../workflows/engine/signers.ts';
import type { Tx } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { readCaseState } from './case-state.ts';
import { give, type Given } from './give.ts';
import { findNames } from './people.ts';
import { checkReceiver } from './receivers.ts';
import { taskTicket, type FoundTask } from './task-ticket.ts';
import type { Intention } from './types.ts';

export interface DelegateAct {
  taskId: string;
  assignment: number;
  to: string;
  comment: string | null;
}
export interface AddSignersAct {
  taskId: string;
  assignment: number;
  /** In the order in which they are asked. */
  persons: string[];
  where: 'before' | 'after';
  comment: string | null;
}
export interface RemoveSignersAct {
  taskId: string;
  assignment: number;
  persons: string[];
}

const plain = { patch: null, readRev: null, deviceAt: null };

/** Somebody else works on it, and it comes back. @throws AppError as transferTask; act_not_allowed for what is delegated already */
export function delegateTask(deps: Deps, intention: Intention, act: DelegateAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'delegate' }, async ({ facts }) => {
      await checkReceiver(tx, facts.task, act.to);
      return { ...plain, args: { to: act.to, assignment: act.assignment }, comment: act.comment };
    }),
  );
}

/** @throws AppError as transferTask; signer_already, act_not_allowed outside an approval */
export function addSigners(deps: Deps, intention: Intention, act: AddSignersAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'addSigners' }, async (found) => {
      const { persons, where, assignment, comment } = act;
      checkApproval(found, 'addSigners');
      for (const [at, person] of persons.entries()) await checkReceiver(tx, found.facts.task, person, `/persons/${at}`);
      await checkSigners(tx, found, { persons, code: 'signer_already' });
      return { ...plain, args: { persons, where, assignment }, comment };
    }),
  );
}

/** @throws AppError signer_unknown for whoever was not added, or has decided */
export function removeSigners(deps: Deps, intention: Intention, act: RemoveSignersAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'removeSigners' }, async (found) => {
      const { persons, assignment } = act;
      checkApproval(found, 'removeSigners');
      await checkSigners(tx, found, { persons, code: 'signer_unknown' });
      return { ...plain, args: { persons, assignment }, comment: null };
    }),
  );
}

function checkApproval({ step }: FoundTask, act: string): void {
  if (step.kind !== 'approval') throw new AppError('act_not_allowed', 403, { act });
}

/** As the engine will say it, but with the name. @throws AppError signer_already, signer_unknown (409) with `person` */
async function checkSigners(
  tx: Tx,
  { facts, flow }: FoundTask,
  { persons, code }: { persons: readonly string[]; code: 'signer_already' | 'signer_unknown' },
): Promise<void> {
  const { state } = await readCaseState(tx, flow, facts.case.id);
  const task = state.tasks.find(({ id }) => id === facts.task.id);
  // The log lags behind the case: the engine decides.
  if (task === undefined) return;
  const isAdding = code === 'signer_already';
  const known = isAdding ? askedWith(state, task) : removableOf(state, task);
  const wrong = persons.find((person) => known.includes(person) === isAdding);
  if (wrong === undefined) return;
  throw new AppError(code, 409, { person: (await findNames(tx, [wrong])).get(wrong) ?? null });
}
