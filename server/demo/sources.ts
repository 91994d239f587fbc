/** The word lists and rows of content/demo, with their types. All that is a person's choice stands there, not in code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Text } from '../../workflows/engine/flow.gen.ts';

export interface CommunitySource {
  seed: number;
  code: string;
  name: string;
  address: string;
  phone: string;
  timeZone: string;
  deliveredOn: string;
  buildings: { code: string; name: string }[];
  entrances: string[];
  floors: number;
  floorsBelow: number;
  /** The flats of a floor. Areas in m². */
  lines: { line: string; layout: string; builtArea: number; innerArea: number }[];
  /** m² that the top floor has more. */
  topFloorBonus: number;
  developer: string;
  shops: { unit: string; company: string }[];
}
export interface NameSource {
  surnames: string[];
  male: string[];
  female: string[];
}
export interface EmployeeSource {
  number: string;
  name: string;
  gender: 'male' | 'female';
  department: string;
  post: string;
  hiredOn: string;
  username: string;
  roles: string[];
  skills?: string[];
  /** The roles hold in every community of the company. */
  everywhere?: boolean;
}
export interface StaffSource {
  /** `isLocal`: works for the community alone. */
  departments: { code: string; name: string; parent?: string; head: string; isLocal?: boolean }[];
  posts: { code: string; name: string }[];
  employees: EmployeeSource[];
}
export interface ResidentSource {
  username: string;
  name: string;
  gender: 'male' | 'female';
  /** building-entrance-number */
  owns?: string[];
  rents?: string[];
}
export interface LeaveTypeSource {
  types: { code: string; name: string; [field: string]: unknown }[];
  grants: { leaveType: string; byService: { years: number; days: number }[] }[];
}
export interface HolidaySource {
  source: string;
  days: { date: string; kind: 'holiday' | 'workday'; name: string }[];
}
export interface DutySource {
  days: number;
  /** Usernames, who take turns. */
  turns: { role: string; day: string[]; night: string[] }[];
  massFaults: { key: string; startedAt: string; expectedEnd: string; [field: string]: unknown }[];
}
export interface DemoSources {
  community: CommunitySource;
  names: NameSource;
  staff: StaffSource;
  residents: ResidentSource[];
  leaveTypes: LeaveTypeSource;
  holidays: HolidaySource;
  duty: DutySource;
}
export interface DemoAccounts {
  password: string;
  items: { username: string; role: string; name: string; title: Text; description: Text }[];
}

const content = join(import.meta.dirname, '..', '..', 'content');

/** A file of content/. */
export function readContent(path: string): unknown {
  return JSON.parse(readFileSync(join(content, path), 'utf8'));
}

export function readDemoSources(): DemoSources {
  return {
    community: readContent('demo/community.json') as CommunitySource,
    names: readContent('demo/names.json') as NameSource,
    staff: readContent('demo/staff.json') as StaffSource,
    residents: (readContent('demo/residents.json') as { residents: ResidentSource[] }).residents,
    leaveTypes: readContent('staff/leave-types.json') as LeaveTypeSource,
    holidays: readContent('staff/holidays-2026.json') as HolidaySource,
    duty: readContent('demo/duty.json') as DutySource,
  };
}

export function readDemoAccounts(): DemoAccounts {
  return readContent('demo-accounts.json') as DemoAccounts;
}
