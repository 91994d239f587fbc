/**
 * Who may start a flow, and where (flow.start.who): holders of a role in the case's community; `owner` and `tenant` are the parties of
 * the record's unit, whatever role they were granted.
 */
import { sql } from 'kysely';
import type { Values } from '../../forms/types.ts';
import type { Tx } from '../db/as.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import { AppError } from '../errors.ts';
import { holdsRole, type Decider } from './may-decide.ts';

const parties = ['owner', 'tenant'];

interface Place {
  communityId: string | null;
  fields: Values;
}

/** `place` null: whether the person may start it anywhere at all. */
export async function mayStart(tx: Tx, flow: PublishedFlow, person: Decider, place: Place | null): Promise<boolean> {
  const staffRoles = flow.definition.start.who.filter((role) => !parties.includes(role));
  const isStaff = staffRoles.some((role) =>
    place === null ? person.grants.some((grant) => grant.role === role) : holdsRole(person, role, place.communityId),
  );
  if (isStaff || !flow.definition.start.who.some((role) => parties.includes(role))) return isStaff;
  return isPartyOf(tx, flow, place);
}

async function isPartyOf(tx: Tx, flow: PublishedFlow, place: Place | null): Promise<boolean> {
  const unitField = flow.form.fields.find(({ ref }) => ref?.form === 'unit');
  const unit = unitField === undefined ? null : (place?.fields[unitField.name] ?? null);
  const community = place?.communityId ?? null;
  const { rows } = await sql<{ may: boolean }>`
    select exists (select from my_units() u where ${unit}::uuid is null or u = ${unit}::uuid)
      and (${community}::uuid is null or ${community}::uuid in (select my_unit_communities())) as may`.execute(tx);
  return rows[0]?.may === true;
}

interface Choosing {
  person: Decider;
  fields: Values;
  asked: string | null;
}

/**
 * The community of a new record that does not say it itself; null where it does, or where the form is not local.
 * @throws AppError invalid_fields when the person has several and names none
 */
export async function chooseCommunity(
  tx: Tx,
  flow: PublishedFlow,
  { person, fields, asked }: Choosing,
): Promise<string | null> {
  const { form } = flow;
  const says =
    form.communityFrom !== null && fields[form.communityFrom] !== undefined && fields[form.communityFrom] !== null;
  if (form.local !== true || says || asked !== null) return says ? null : asked;
  const roles = person.grants.filter(({ role }) => flow.definition.start.who.includes(role) && !parties.includes(role));
  const everywhere = roles.some(({ community }) => community === null);
  const own = roles.map(({ community }) => community).filter((id) => id !== null);
  const { rows } = await sql<{ id: string }>`
    select c.id from record.community c where c.deleted_at is null
      and (${everywhere} or c.id = any (${own}::uuid[]) or c.id in (select my_unit_communities())) limit 2`.execute(tx);
  const [first, second] = rows;
  if (first !== undefined && second === undefined) return first.id;
  throw new AppError('invalid_fields', 422, {}, [{ path: '/communityId', code: 'required' }]);
}
