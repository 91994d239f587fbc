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

/** Departments name their heads before these are inserted: the foreign keys are checked at the end. */
export function makeStaff(source: StaffSource, names: Names, communityId: string): Staff {
  return {
    departments: source.departments.map(({ code, name, parent, head, isLocal }) => ({
      id: demoId('department', code),
      fields: {
        code,
        name,
        head: demoId('employee', head),
        ...(parent !== undefined && { parent: demoId('department', parent) }),
        ...(isLocal === true && { community: communityId }),
      },
    })),
    posts: source.posts.map(({ code, name }) => ({ id: demoId('post', code), fields: { code, name } })),
    employees: source.employees.map(
      ({ number, username, name, gender, department, post, hiredOn, skills, everywhere }) => ({
        id: demoId('employee', number),
        fields: {
          number,
          name,
          gender,
          department: demoId('department', department),
          post: demoId('post', post),
          phone: names.phone(),
          email: `${username}@example.com`,
          status: 'active',
          hiredOn,
          ...(skills !== undefined && { skills }),
          ...(everywhere !== true && { community: communityId }),
        },
      }),
    ),
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
