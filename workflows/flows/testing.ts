/** What the tests of the flows that ship built in stand on: each with its real form, checked as publishing checks it, on a virtual clock. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { activities } from '../../activities/index.ts';
import { compileForm } from '../../forms/compile.ts';
import type { Calendar } from '../engine/calendar/calendar.gen.ts';
import { workingTimesOf } from '../engine/calendar/working-times.ts';
import { check, type CheckContext, type CheckProblem } from '../engine/check.ts';
import { compile } from '../engine/compile.ts';
import type { Assign, Flow } from '../engine/flow.gen.ts';
import { Simulation, type SimulationOptions } from '../engine/simulate.ts';
import { load } from '../engine/testing.ts';
import type { DeltaEntry, ResolvedPeople, ValueType, Vars } from '../engine/types.ts';

const root = join(import.meta.dirname, '..', '..');
export const hour = 3_600_000;
export const minute = 60_000;
export const day = 24 * hour;

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** The calendars that ship, as a case that starts would get them. */
const calendars = Object.fromEntries(
  ['office', 'service'].map((key) => [key, workingTimesOf(read(`content/calendars/${key}.json`) as Calendar, 1)]),
);

export interface BuiltIn {
  flow: Flow;
  problems: CheckProblem[];
  begin(initiator: string, vars: Vars, options?: SimulationOptions): Simulation;
}

/** `form`: path of the form type without its ending. `resolve`: who answers people rules that read the organisation. */
export function builtIn(name: string, form: string, resolve: Record<string, string[]>): BuiltIn {
  const flow = read(`workflows/flows/${name}.json`) as Flow;
  const { fields } = compileForm(read(`forms/${form}.schema.json`), read(`forms/${form}.layout.json`));
  const context: CheckContext = {
    fields: Object.fromEntries(
      fields.map(({ name: field, kind, personal, writable, schema }) => {
        const formula = schema['x-formula'];
        return [field, { type: kind, personal, readOnly: !writable, ...(formula === undefined ? {} : { formula }) }];
      }),
    ),
    roles: ['dispatcher', 'manager', 'technician', 'staff', 'hr', 'director', 'admin'],
    calendars: Object.keys(calendars),
    activities: Object.fromEntries(activities),
  };
  const types = Object.fromEntries(
    fields.flatMap(({ name: field, kind }) => (isTyped(kind) ? [[field, kind] as const] : [])),
  );
  const compiled = compile(load(flow, { types }));
  const answer = (assign: Assign): ResolvedPeople => ({
    persons: resolve[assign.rule] ?? [],
    explanation: { rule: assign.rule, inputs: {} },
  });
  return {
    flow,
    problems: check(flow, context),
    begin(initiator, vars, options = {}) {
      const run = new Simulation(compiled, {
        community: 'north',
        calendars,
        resolve: (effect) => answer(effect.assign),
        ...options,
      });
      run.start(initiator, vars);
      return run;
    },
  };
}

function isTyped(kind: string): kind is ValueType {
  return ['money', 'date', 'dateTime', 'duration'].includes(kind);
}

/** Notices so far: kind, step, and the role or persons told. */
export function noticesOf(run: Simulation): string[] {
  return run.entries.flatMap(({ notices }) => notices.map(({ kind, step, to }) => `${kind} ${step} ${nameOf(to)}`));
}

function nameOf(to: DeltaEntry['notices'][number]['to']): string {
  if (to === 'holders') return 'holders';
  return 'role' in to ? to.role : to.persons.join('+');
}

/** Outcomes in the order decided, as `step:outcome`. */
export function trailOf(run: Simulation): string[] {
  return run.state.trail.map(({ step, outcome }) => `${step}:${outcome}`);
}
