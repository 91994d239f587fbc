/** Gathers the named API schemas into one JSON Schema, so that the screens' types come from the routes' own shapes. */
import * as overview from '../server/cases/overview/schemas.ts';
import * as cases from '../server/cases/schemas.ts';
import * as calendars from '../server/calendars/schemas.ts';
import * as caseSearch from '../server/cases/search/schemas.ts';
import * as events from '../server/events/schemas.ts';
import * as files from '../server/files/schemas.ts';
import * as flows from '../server/flows/schemas.ts';
import * as forms from '../server/forms/schemas.ts';
import * as notifications from '../server/notifications/schemas.ts';
import * as outbound from '../server/outbound/schemas.ts';
import * as panels from '../server/panels/schemas.ts';
import * as handOver from '../server/people/hand-over/schemas.ts';
import * as roles from '../server/people/roles/schemas.ts';
import * as people from '../server/people/schemas.ts';
import * as substitutions from '../server/people/substitutions/schemas.ts';
import * as records from '../server/records/schemas.ts';
import * as shared from '../server/schema.ts';
import * as sessions from '../server/sessions/schemas.ts';
import * as simulation from '../server/simulation/schemas.ts';
import * as questions from '../server/tasks/questions/schemas.ts';
import * as returns from '../server/tasks/returns/schemas.ts';
import * as tasks from '../server/tasks/schemas.ts';
import * as upgrade from '../server/upgrade/schemas.ts';

interface Schema {
  title?: string;
  [keyword: string]: unknown;
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** A copy in which every named shape but the outermost is a reference. */
function withRefs(value: unknown, outermost: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, false));
  if (!isSchema(value)) return value;
  if (!outermost && typeof value.title === 'string') return { $ref: `#/definitions/${value.title}` };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withRefs(item, false)]));
}

/** Every named shape at or below a value, by title. */
function collect(value: unknown, found: Map<string, Schema>): void {
  if (!isSchema(value)) return;
  if (typeof value.title === 'string') found.set(value.title, value);
  for (const item of Object.values(value)) collect(item, found);
}

/** One schema whose definitions are all the API's named shapes, by title. */
export function apiSchema(): object {
  const found = new Map<string, Schema>();
  for (const module of [
    shared,
    sessions,
    people,
    roles,
    files,
    outbound,
    notifications,
    forms,
    records,
    calendars,
    flows,
    simulation,
    tasks,
    cases,
    caseSearch,
    overview,
    events,
    panels,
    upgrade,
    handOver,
    substitutions,
    questions,
    returns,
  ]) {
    for (const value of Object.values(module)) if (typeof value === 'object') collect(value, found);
  }
  const definitions = Object.fromEntries([...found].map(([name, schema]) => [name, withRefs(schema, true)]));
  const properties = Object.fromEntries([...found.keys()].map((name) => [name, { $ref: `#/definitions/${name}` }]));
  return { title: 'Api', type: 'object', additionalProperties: false, properties, definitions };
}
