/** Leave types, holidays and what each employee is granted, from content/staff; the balance is the sum of the ledger's days. */
import { demoId } from './random.ts';
import type { Row } from './rows.ts';
import type { EmployeeSource, HolidaySource, LeaveTypeSource } from './sources.ts';

export interface LeaveRows {
  types: Row[];
  holidays: Row[];
  ledger: Row[];
}

/** Grants of this year and the next, so that the demo is whole on any day of the year. `today`: ISO date. */
export function makeLeave(
  source: LeaveTypeSource,
  holidays: HolidaySource,
  { employees, today }: { employees: EmployeeSource[]; today: string },
): LeaveRows {
  const thisYear = Number(today.slice(0, 4));
  return {
    types: source.types.map((type) => ({ id: demoId('leaveType', type.code), fields: { ...type } })),
    holidays: holidays.days.map((day) => ({
      id: demoId('holiday', day.date),
      fields: { ...day, source: holidays.source },
    })),
    ledger: [thisYear, thisYear + 1].flatMap((year) =>
      employees.flatMap((employee) => source.grants.flatMap((grant) => grantOf(employee, grant, year))),
    ),
  };
}

/** Full years of service on 1 January decide. Nothing for whoever has too few. */
function grantOf(
  { number, hiredOn }: EmployeeSource,
  { leaveType, byService }: LeaveTypeSource['grants'][number],
  year: number,
): Row[] {
  const [hiredIn, monthAndDay] = [Number(hiredOn.slice(0, 4)), hiredOn.slice(5)];
  const served = year - hiredIn - (monthAndDay > '01-01' ? 1 : 0);
  const days = byService.filter(({ years }) => years <= served).at(-1)?.days;
  if (days === undefined) return [];
  const fields = {
    employee: demoId('employee', number),
    leaveType: demoId('leaveType', leaveType),
    year,
    kind: 'grant',
    days,
    note: `${year} 年度`,
  };
  return [{ id: demoId('leaveLedger', number, leaveType, year), fields }];
}
