/**
 * Owners and tenants start cases by hand: more than so many a minute are no reports, and each would be work for the staff. In memory of one
 * process, as all limits.
 */
import { residentRoles } from '../db/staff.ts';
import { Failures } from '../security/failures.ts';
import type { Decider } from './may-decide.ts';

const started = new Failures();

/** Counts a start. @throws AppError rate_limited */
export function limitStarts({ id, grants }: Decider): void {
  if (grants.some(({ role }) => !residentRoles.includes(role))) return;
  const limits = [{ key: id, max: 20, windowMs: 60_000 }];
  started.assertBelow(limits);
  started.add(limits);
}
