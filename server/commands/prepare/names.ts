/** What the names in a `prepare` stand for: fields of the form, `person`, `number`, the clock in the community's zone. */
import { sql } from 'kysely';
import type { Values } from '../../../forms/types.ts';
import type { Tx } from '../../db/as.ts';
import { computeFields, computeRows } from '../../db/records/compute.ts';
import { toFeelContext } from '../../db/records/feel-values.ts';
import type { LoadedForm } from '../../db/records/form-store.ts';
import { AppError } from '../../errors.ts';
import type { Decider } from '../may-decide.ts';

/** `person` in expressions: who acts. */
interface Actor {
  id: string;
  name: string;
  phone: string | null;
  /** Roles held in the community of the case, or anywhere where it has none. */
  roles: string[];
  /** Ids of the records that are them. */
  employee: string | null;
  party: string | null;
}

/** As the engine role. */
export async function readActor(tx: Tx, { id, grants }: Decider, communityId: string | null): Promise<Actor> {
  const { rows } = await sql<Omit<Actor, 'roles'>>`
    select p.id, p.display_name as name, coalesce(e.phone, a.phone) as phone, p.employee_id as employee, p.party_id as party
    from person p left join record.employee e on e.id = p.employee_id left join record.party a on a.id = p.party_id
    where p.id = ${id}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new AppError('not_found', 404);
  const here = grants.filter(
    ({ community }) => communityId === null || community === null || community === communityId,
  );
  return { ...row, roles: [...new Set(here.map(({ role }) => role))] };
}

export async function readZone(tx: Tx, communityId: string | null): Promise<string> {
  const { rows } = await sql<{ zone: string }>`select community_zone(${communityId}::uuid) as zone`.execute(tx);
  return rows[0]?.zone ?? 'Asia/Shanghai';
}

/** Fields as FEEL's values, computed ones from what the others are now; null where a formula has no answer yet. */
export function fieldValues(form: LoadedForm, values: Values): Map<string, unknown> {
  return new Map(Object.entries(toFeelContext(form.fields, computed(form, values))));
}

/** A formula that fails is told where the record is written. */
function computed({ fields }: LoadedForm, values: Values): Values {
  try {
    const filled = computeRows(fields, values);
    return { ...filled, ...computeFields(fields, filled) };
  } catch (error) {
    if (error instanceof AppError) return values;
    throw error;
  }
}
