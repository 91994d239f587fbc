/** Departments, posts and employees of content/demo/staff.json, and the accounts of employees and residents. */
import type { Names } from './names.ts';
import { demoId } from './random.ts';
import type { Account, Row } from './rows.ts';
import type { EmployeeSource, ResidentSource, StaffSource } from './sources.ts';

export interface Staff {
  departments: Row[];
  posts: Row[];
  employees: Row[];
}

export function makeStaff(source: StaffSource, names: Names): Staff {
  return {
    departments: source.departments.map(({ code, name, parent }) => ({
      id: demoId('department', code),
      fields: { code, name, ...(parent !== undefined && { parent: demoId('department', parent) }) },
    })),
    posts: source.posts.map(({ code, name }) => ({ id: demoId('post', code), fields: { code, name } })),
    employees: source.employees.map(({ number, name, gender, department, post, hiredOn }) => ({
      id: demoId('employee', number),
      fields: {
        number,
        name,
        gender,
        department: demoId('department', department),
        post: demoId('post', post),
        phone: names.phone(),
        hiredOn,
      },
    })),
  };
}

export function employeeAccount({ number, username, name, roles, everywhere = false }: EmployeeSource): Account {
  return {
    personId: demoId('person', username),
    username,
    name,
    partyId: null,
    employeeId: demoId('employee', number),
    roles: roles.map((role) => ({ role, everywhere })),
  };
}

export function residentAccount({ username, name, owns }: ResidentSource): Account {
  return {
    personId: demoId('person', username),
    username,
    name,
    partyId: demoId('party', username),
    employeeId: null,
    roles: [{ role: owns === undefined ? 'tenant' : 'owner', everywhere: false }],
  };
}
