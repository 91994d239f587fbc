/**
 * What an act would come to if it were done now: screens show it while a person still writes. Nothing is written, and what is half typed
 * counts as not there.
 */
import type { Static } from 'typebox';
import { maskFields, withoutMasks } from '../../../forms/mask.ts';
import type { CompiledForm, Permissions, Values } from '../../../forms/types.ts';
import { validateAct } from '../../../forms/validate.ts';
import { asReader, type Tx } from '../../db/as.ts';
import { recordLabels } from '../../db/records/labels.ts';
import { getCurrentFlow } from '../../definitions/published.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import type { PrepareAnswer } from '../../tasks/schemas.ts';
import { permissionsOf } from '../access.ts';
import { readCaseFields } from '../case-record.ts';
import { lookAtTask, readDecider } from '../facts.ts';
import { onlyOwnRows, ownRowsOf, problemsOfOwn, withinTables } from '../own-rows.ts';
import { mayStart } from '../starters.ts';
import { findAction } from '../task-acts.ts';
import { authorise } from '../task-ticket.ts';
import { placeOf, prepareDecision, prepareStart } from './acts.ts';
import type { Preparation } from './index.ts';

type Answer = Static<typeof PrepareAnswer>;

const nothing: Answer = { set: {}, problems: [], labels: {} };

export interface StartTrial {
  person: string;
  flow: string;
  fields: Values;
  communityId: string | null;
}

/** @throws AppError not_found, forbidden, invalid_fields (fields that are not theirs to write), prepare_failed */
export async function tryStart(deps: Deps, trial: StartTrial): Promise<Answer> {
  const flow = await getCurrentFlow(deps.db, trial.flow);
  return asReader(deps.db, trial.person, async (tx) => {
    const person = await readDecider(tx, trial.person);
    if (!(await mayStart(tx, flow, person, null))) throw new AppError('forbidden', 403, { flow: flow.key });
    const { prepare, fields: own } = flow.definition.start;
    if (prepare === undefined) return nothing;
    const permissions = permissionsOf(flow.form, own);
    const fields = whole(flow.form, { patch: trial.fields, permissions });
    const starting = { flow, person, fields, permissions, communityId: trial.communityId, prepare, isActing: false };
    const communityId = await placeOf(tx, starting).catch(unknownYet);
    if (communityId === undefined) return nothing;
    return answer(tx, flow.form, { permissions, preparation: await prepareStart(tx, { ...starting, communityId }) });
  });
}

export interface DecisionTrial {
  person: string;
  taskId: string;
  outcome: string;
  fields: Values;
}

/** @throws AppError as completing the task does: not_found, task_closed, action_not_offered, …, prepare_failed */
export function tryDecision(deps: Deps, { person, taskId, outcome, fields: given }: DecisionTrial): Promise<Answer> {
  return asReader(deps.db, person, async (tx) => {
    const facts = await lookAtTask(tx, person, taskId);
    const act = { taskId, assignment: facts?.task.assignment ?? 0 };
    const found = await authorise(tx, { deps, facts, act, kind: 'complete' });
    const { flow, step } = found;
    const action = findAction(step, found.facts.task, outcome);
    const { prepare } = action;
    if (prepare === undefined) return nothing;
    const permissions = permissionsOf(flow.form, step.fields, action.fields);
    const current = await readCaseFields(tx, flow.form, found.facts.case.id);
    const own = ownRowsOf(flow, found.facts.task, current);
    const sent = withinTables(withoutMasks(flow.form, given, current), current, own);
    const fields = whole(flow.form, { current, patch: sent, permissions });
    const deciding = {
      flow,
      case: found.facts.case,
      person: found.facts.person,
      prepare,
      fields,
      current,
      permissions,
    };
    const prepared = await prepareDecision(tx, { ...deciding, isActing: false });
    const set = onlyOwnRows(prepared.set, own);
    const problems = problemsOfOwn(prepared.problems, current, own);
    const { claimedBy, assignee } = found.facts.task;
    const knows = [claimedBy ?? assignee, found.facts.case.initiator].includes(person);
    return answer(tx, flow.form, {
      permissions,
      preparation: { set: knows ? set : maskFields(flow.form, set), problems },
    });
  });
}

const notTheirs = ['field_unknown', 'field_not_writable'];

/** The fields that are valid as far as they are filled. */
function whole(form: CompiledForm, act: { current?: Values; patch: Values; permissions: Permissions }): Values {
  const problems = validateAct(form, { ...act, draft: true });
  const refused = problems.filter(({ code }) => notTheirs.includes(code));
  if (refused.length > 0) throw new AppError('invalid_fields', 422, {}, refused);
  const half = new Set(problems.map(({ path }) => path.split('/')[2]));
  return Object.fromEntries(Object.entries(act.patch).filter(([name]) => !half.has(name)));
}

/** The unit, say, is not chosen yet. */
function unknownYet(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'invalid_fields') return undefined;
  throw error;
}

/** What is hidden from the person stays so. */
async function answer(
  tx: Tx,
  form: CompiledForm,
  { permissions, preparation }: { permissions: Permissions; preparation: Preparation },
): Promise<Answer> {
  const { problems } = preparation;
  const seen = Object.entries(preparation.set).filter(([name]) => permissions[name] !== 'hidden');
  const set = Object.fromEntries(seen);
  return { set, problems, labels: await recordLabels(tx, form, set) };
}
