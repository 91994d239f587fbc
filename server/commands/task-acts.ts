/**
 * tx1 of the acts on a task that the engine decides: complete, return, transfer (pause-acts.ts: pause, resume; signer-acts.ts: delegate,
 * add and remove signers). Each checks everything that can be refused here, so that what reaches the engine fails only for what another
 * did meanwhile.
 */
import { withoutMasks } from '../../forms/mask.ts';
import { mayMiss, validateAct } from '../../forms/validate.ts';
import type { Action } from '../../workflows/engine/flow.gen.ts';
import type { Choices } from '../../workflows/engine/types.ts';
import { mayBeRefused, tryPatch } from '../db/records/try-patch.ts';
import type { Tx } from '../db/as.ts';
import type { Deps } from '../deps.ts';
import { AppError, type FieldError } from '../errors.ts';
import { actionsOf, permissionsOf, type HumanStep } from './access.ts';
import { readCaseFields } from './case-record.ts';
import { asksChoices, readyChoices } from './choices.ts';
import { changedFields, type Reading } from './conflicts.ts';
import type { Facts } from './facts.ts';
import { give, type Given } from './give.ts';
import { readyDecision, type Ready } from './prepare/acts.ts';
import { checkReceiver } from './receivers.ts';
import { inWholeTables, ownRowsOf, problemsOfOwn, withinTables } from './own-rows.ts';
import { withRowIds } from './row-ids.ts';
import { taskTicket, type Change, type LockedTask } from './task-ticket.ts';
import type { Intention } from './types.ts';

type Fields = Record<string, unknown>;

export interface CompleteAct {
  taskId: string;
  assignment: number;
  outcome: string;
  fields: Fields;
  comment: string | null;
  /** Whom the person chose for later steps. */
  choices?: Choices;
  /** Rev of the record that the person read. */
  version: number;
  deviceAt: string | null;
}
export interface ReturnAct {
  taskId: string;
  assignment: number;
  to: string;
  /** Of the target, where it stands in items that the task is not in. */
  items?: string[];
  mode: 'redo' | 'straightBack';
  comment: string;
}
export interface TransferAct {
  taskId: string;
  assignment: number;
  to: string;
  comment: string | null;
}

/** @throws AppError not_found, task_closed, assignment_changed, field_changed, invalid_fields, … */
export function completeTask(deps: Deps, intention: Intention, act: CompleteAct): Promise<Given> {
  const fills = Object.keys(act.fields).length > 0;
  return give(deps, intention, (tx, isCareful) =>
    taskTicket(tx, { deps, intention, act, kind: 'complete', fills }, async ({ facts, flow, step, record }) => {
      const action = findAction(step, facts.task, act.outcome);
      checkComment(action, act.comment);
      const change = await prepareChange(tx, { facts, flow, action, step, act, isCareful, record });
      const asking = { flow, chooser: intention.person, communityId: facts.case.communityId, by: step.id };
      const choices = asksChoices(step, action) ? await readyChoices(tx, asking, act.choices) : {};
      const args = { outcome: act.outcome, assignment: act.assignment, choices };
      return { args, ...change, comment: act.comment, readRev: act.version, deviceAt: act.deviceAt };
    }),
  );
}

export function returnTask(deps: Deps, intention: Intention, act: ReturnAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'return' }, () => {
      const { to, items, mode, assignment } = act;
      const args = { to, ...(items ? { items } : {}), mode, assignment };
      return Promise.resolve({ args, patch: null, comment: act.comment, readRev: null, deviceAt: null });
    }),
  );
}

export function transferTask(deps: Deps, intention: Intention, act: TransferAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'transfer' }, async ({ facts }) => {
      await checkReceiver(tx, facts.task, act.to);
      const args = { to: act.to, assignment: act.assignment };
      return { args, patch: null, comment: act.comment, readRev: null, deviceAt: null };
    }),
  );
}

export interface HandOnAct {
  taskId: string;
  assignment: number;
  to: string;
  as: 'handOver' | 'substitute';
}

/** A transfer of the work of somebody who leaves or is away: whatever the step allows, to whoever may have it. */
export function handOnTask(deps: Deps, intention: Intention, act: HandOnAct): Promise<Given> {
  return give(deps, intention, (tx) =>
    taskTicket(tx, { deps, intention, act, kind: 'transfer', asking: 'handOver' }, async ({ facts }) => {
      await checkReceiver(tx, facts.task, act.to);
      const args = { to: act.to, assignment: act.assignment, as: act.as };
      return { args, patch: null, comment: null, readRev: null, deviceAt: null };
    }),
  );
}

/** @throws AppError invalid_fields; action_not_offered (409): the case is where the step does not offer it */
export function findAction(step: HumanStep, { outcomes }: Facts['task'], outcome: string): Action {
  const action = actionsOf(step).find((each) => each.outcome === outcome);
  if (action === undefined) throw invalid({ path: '/outcome', code: 'not_a_choice' });
  if (outcomes !== null && !outcomes.includes(outcome)) throw new AppError('action_not_offered', 409, { outcome });
  return action;
}

function checkComment({ comment = 'optional' }: Action, given: string | null): void {
  const isGiven = given !== null && given.trim() !== '';
  if (comment === 'required' && !isGiven) throw invalid({ path: '/comment', code: 'required' });
  if (comment === 'none' && isGiven) throw invalid({ path: '/comment', code: 'not_allowed' });
}

interface Filling extends LockedTask {
  action: Action;
  act: CompleteAct;
  isCareful: boolean;
}

/** What the person changed, checked against form, step, references and the table itself. */
async function prepareChange(tx: Tx, filling: Filling): Promise<Change> {
  const { facts, flow, step, action, act, isCareful } = filling;
  const { form } = flow;
  const permissions = permissionsOf(form, step.fields, action.fields);
  const changesNothing = action.prepare === undefined && Object.keys(act.fields).length === 0;
  if (changesNothing && !mayMiss(form, permissions)) return { patch: null };
  const current = filling.record ?? (await readCaseFields(tx, form, facts.case.id));
  // Who decides straight from the pool has seen masks: one that comes back is no change.
  const own = ownRowsOf(flow, facts.task, current);
  const sent = withinTables(withoutMasks(form, act.fields, current), current, own);
  const decision = { prepare: action.prepare, fields: sent, current, permissions };
  const ready = await readyDecision(tx, { flow, case: facts.case, person: facts.person, ...decision });
  const found = validateAct(form, { current, patch: ready.fields, permissions: ready.permissions });
  const problems = problemsOfOwn(found, current, own);
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
  const reading = { caseId: facts.case.id, form, version: act.version, fieldRevs: facts.case.fieldRevs, current, own };
  const patch = withRowIds(form, await patchOf(tx, ready, reading));
  if (Object.keys(patch).length === 0) return { patch: null };
  const isValid = facts.currentForm === form.version;
  const whole = inWholeTables(patch, current);
  await tryPatch(tx, form, facts.case.id, { patch: whole, checked: ready.set, isValid, withNext: !isCareful });
  return { patch, record: isValid && !mayBeRefused(form, whole) ? current : null };
}

/** What the flow sets comes from the record as it is now: only the person's own fields can be contested. */
async function patchOf(tx: Tx, { fields, set }: Ready, reading: Reading): Promise<Fields> {
  const part = (isSet: boolean): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => set.includes(name) === isSet));
  const own = await changedFields(tx, part(false), reading);
  if (set.length === 0) return own;
  return { ...own, ...(await changedFields(tx, part(true), { ...reading, version: Number.MAX_SAFE_INTEGER })) };
}

function invalid(error: FieldError): AppError {
  return new AppError('invalid_fields', 422, {}, [error]);
}
