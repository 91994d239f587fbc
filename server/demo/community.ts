/** The whole demo community from its sources: pure, the same for the same seed and day. */
import { makeDuty, makeMassFaults } from './duty.ts';
import { makeHouseholds } from './households.ts';
import { makeLeave } from './leave.ts';
import { makeNames } from './names.ts';
import { makePlaces } from './places.ts';
import { createRandom } from './random.ts';
import type { DemoCommunity } from './rows.ts';
import type { DemoSources } from './sources.ts';
import { employeeAccount, makeStaff, residentAccount } from './staff.ts';

/** `today`: ISO date of the load in the community's time zone. */
export function generateCommunity(sources: DemoSources, today: string): DemoCommunity {
  const { community, residents } = sources;
  const random = createRandom(community.seed);
  const named = [...sources.staff.employees, ...residents].map(({ name }) => name);
  const names = makeNames(sources.names, random, named);
  const { communityId, rows, homes } = makePlaces(community);
  const staff = makeStaff(sources.staff, names, communityId);
  const { employees } = sources.staff;
  const leave = makeLeave(sources.leaveTypes, sources.holidays, { employees, today });
  const day = { today, timeZone: community.timeZone };
  const households = makeHouseholds({ homes, residents, community, names, random, today });
  for (const unit of rows.unit) unit.fields.status = households.statuses.get(unit.id);
  return {
    communityId,
    registers: [
      { form: 'community', rows: rows.community },
      { form: 'building', rows: rows.building },
      { form: 'entrance', rows: rows.entrance },
      { form: 'unit', rows: rows.unit },
      { form: 'party', rows: households.parties },
      { form: 'ownership', rows: households.ownerships },
      { form: 'tenancy', rows: households.tenancies },
      { form: 'department', rows: staff.departments },
      { form: 'post', rows: staff.posts },
      { form: 'employee', rows: staff.employees },
      { form: 'massFault', rows: makeMassFaults(sources.duty, day) },
      { form: 'duty', rows: makeDuty(sources.duty, day) },
      { form: 'leaveType', rows: leave.types },
      { form: 'holiday', rows: leave.holidays },
      { form: 'leaveLedger', rows: leave.ledger },
    ],
    accounts: [...employees.map(employeeAccount), ...residents.map(residentAccount)],
  };
}
