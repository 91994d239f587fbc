/** `prepare` as part of starting a case and of taking an action: what the act comes to, after permissions and before the whole is validated. */
import { withoutEmpty } from '../../../forms/empty.ts';
import type { Permissions, Values } from '../../../forms/types.ts';
import { validateAct } from '../../../forms/validate.ts';
import type { Prepare } from '../../../workflows/engine/flow.gen.ts';
import type { Tx } from '../../db/as.ts';
import { communityOf } from '../../db/records/insert.ts';
import { checkRefs } from '../../db/records/refs.ts';
import type { PublishedFlow } from '../../definitions/published.ts';
import { AppError, type FieldError } from '../../errors.ts';
import type { CaseFacts } from '../facts.ts';
import type { Decider } from '../may-decide.ts';
import { chooseCommunity, mayStart } from '../starters.ts';
import { prepareAct, type Preparation } from './index.ts';

/** What an act writes, and how it is to be validated. */
export interface Ready {
  fields: Values;
  permissions: Permissions;
  /** Fields that the flow has set, their references checked. */
  set: readonly string[];
}

interface Starting {
  flow: PublishedFlow;
  person: Decider;
  fields: Values;
  /** As asked for; null: the person's only one. */
  communityId: string | null;
  permissions: Permissions;
  /** The program starts it: nobody is asked whether they may. */
  isAutomatic?: boolean;
}

/** @throws AppError invalid_fields (with what refuses the start), prepare_failed, forbidden */
export async function readyStart(tx: Tx, starting: Starting): Promise<Ready> {
  const { flow, fields, permissions } = starting;
  const { prepare } = flow.definition.start;
  if (prepare === undefined) return { fields, permissions, set: [] };
  refuse(validateAct(flow.form, { patch: fields, permissions, draft: true }));
  const communityId = await placeOf(tx, starting).catch((error: unknown) => {
    // Where it is not known yet, all that is missing is told together.
    const { set = {} } = prepare;
    refuse(validateAct(flow.form, { patch: fields, permissions }).filter(({ path }) => !(path.slice(8) in set)));
    throw error;
  });
  const preparation = await prepareStart(tx, { ...starting, prepare, communityId, isActing: true });
  return ready({ fields, permissions }, preparation);
}

/** The community of the new case; null: the company's. @throws AppError invalid_fields, forbidden */
export async function placeOf(
  tx: Tx,
  { flow, person, fields, communityId: asked, isAutomatic = false }: Starting,
): Promise<string | null> {
  const { form } = flow;
  const sent = withoutEmpty(fields);
  const chosen = isAutomatic ? asked : await chooseCommunity(tx, flow, { person, fields: sent, asked });
  await checkRefs(tx, form, sent);
  const communityId = await communityOf(tx, form, { communityId: chosen, fields: sent });
  if (isAutomatic || (await mayStart(tx, flow, person, { communityId, fields: sent }))) return communityId;
  throw new AppError('forbidden', 403, { flow: flow.key });
}

export function prepareStart(
  tx: Tx,
  { flow, person, fields, communityId, prepare, isActing }: Starting & { prepare: Prepare; isActing: boolean },
): Promise<Preparation> {
  const of = { prepare, flow: flow.key, form: flow.form, person, communityId, isActing };
  return prepareAct(tx, { ...of, caseId: null, number: null, values: withoutEmpty(fields) });
}

interface Deciding {
  flow: PublishedFlow;
  case: CaseFacts;
  person: Decider;
  prepare: Prepare | undefined;
  fields: Values;
  /** The record as it is. */
  current: Values;
  permissions: Permissions;
}

/** @throws AppError invalid_fields (with what refuses the action), prepare_failed */
export async function readyDecision(tx: Tx, deciding: Deciding): Promise<Ready> {
  const { flow, prepare, fields, current, permissions } = deciding;
  if (prepare === undefined) return { fields, permissions, set: [] };
  refuse(validateAct(flow.form, { current, patch: fields, permissions, draft: true }));
  return ready({ fields, permissions }, await prepareDecision(tx, { ...deciding, prepare, isActing: true }));
}

export function prepareDecision(
  tx: Tx,
  { flow, case: c, person, prepare, fields, current, isActing }: Deciding & { prepare: Prepare; isActing: boolean },
): Promise<Preparation> {
  const of = { prepare, flow: flow.key, form: flow.form, person, communityId: c.communityId, isActing };
  return prepareAct(tx, { ...of, caseId: c.id, number: c.number, values: withoutEmpty({ ...current, ...fields }) });
}

/** What the flow sets is written whatever the person may write there. */
function ready({ fields, permissions }: Omit<Ready, 'set'>, { set, problems }: Preparation): Ready {
  refuse(problems);
  const names = Object.keys(set);
  const opened = names.map((name) => [name, permissions[name] === 'required' ? 'required' : 'edit'] as const);
  return { fields: { ...fields, ...set }, permissions: { ...permissions, ...Object.fromEntries(opened) }, set: names };
}

function refuse(problems: FieldError[]): void {
  if (problems.length > 0) throw new AppError('invalid_fields', 422, {}, problems);
}
