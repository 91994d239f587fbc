import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../workflows/engine/flow.gen.ts';
import { generateCommunity } from './community.ts';
import { readScenarios } from './scenarios.ts';
import { readDemoSources } from './sources.ts';
import { demoId } from './random.ts';
import { resolveFields, type Meaning } from './values.ts';

const root = join(import.meta.dirname, '..', '..');
function read(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
interface Shape {
  properties: Record<string, { oneOf?: { const: string }[] }>;
}
const forms: Record<string, Shape> = {
  repair: read('forms/service/repair.schema.json') as Shape,
  leave: read('forms/staff/leave.schema.json') as Shape,
};
const demo = generateCommunity(readDemoSources(), '2026-11-24');
const usernames = new Set(demo.accounts.map(({ username }) => username));
const scenarios = readScenarios();
const repairs = scenarios.filter(({ flow = 'repair' }) => flow === 'repair');
const actionsOf = (key: string): Map<string, string[]> =>
  new Map(findActions((read(`workflows/flows/${key}.json`) as Flow).steps));
const actions: Record<string, Map<string, string[]>> = { repair: actionsOf('repair'), leave: actionsOf('leave') };

const meaning: Meaning = {
  loadedAt: new Date('2026-11-23T21:30:00Z'),
  timeZone: 'Asia/Shanghai',
  photo: (name) => Promise.resolve(`photo of ${name}`),
  caseOf: (key) => Promise.resolve(`case of ${key}`),
};

/** Outcomes by step, through all branches. */
function findActions(steps: Flow['steps']): [string, string[]][] {
  return steps.flatMap((step): [string, string[]][] => {
    if (step.kind === 'userTask' || step.kind === 'approval')
      return [[step.id, (step.actions ?? []).map(({ outcome }) => outcome)]];
    if (step.kind !== 'exclusive') return [];
    return [...step.branches, ...(step.otherwise ? [step.otherwise] : [])].flatMap((branch) =>
      findActions(branch.steps),
    );
  });
}

describe('the scenario rows', () => {
  it('are the cases of people who exist, each under a key of its own', () => {
    expect(new Set(scenarios.map(({ key }) => key)).size).toBe(scenarios.length);
    for (const { by, acts } of scenarios) {
      expect(usernames).toContain(by);
      for (const act of acts) expect(usernames).toContain(act.by);
    }
  });

  it('take the steps and outcomes that their flow has', () => {
    for (const { key, acts, flow = 'repair' } of scenarios) {
      for (const { step, outcome } of acts.filter((act) => act.step !== undefined)) {
        expect([...actions[flow]!.keys()], key).toContain(step);
        if (outcome !== undefined) expect(actions[flow]!.get(step!), key).toContain(outcome);
      }
    }
  });

  it('fill fields that their form has, with choices it knows', () => {
    for (const { key, fields, acts, flow = 'repair' } of scenarios) {
      const all = [fields, ...acts.map((act) => act.fields ?? {})].flatMap((each) => Object.entries(each));
      for (const [name, value] of all) {
        const field = forms[flow]!.properties[name];
        expect(field, `${key} ${name}`).toBeDefined();
        if (field?.oneOf !== undefined) expect(field.oneOf.map((choice) => choice.const)).toContain(value);
      }
    }
  });

  it('name units, people and photos that exist', () => {
    const ids = new Set([
      ...demo.registers.flatMap(({ rows }) => rows.map(({ id }) => id)),
      ...demo.accounts.map(({ personId }) => personId),
    ]);
    const words = JSON.stringify(scenarios).matchAll(/"(unit|person|massFault|leaveType|photo):([^"]+)"/g);
    for (const [, what = '', name = ''] of words) {
      const exists =
        what === 'photo' ? existsSync(join(root, 'content/demo/photos', `${name}.svg`)) : ids.has(demoId(what, name));
      expect(exists, `${what}:${name}`).toBe(true);
    }
  });

  it('name only cases that began well before: four scenarios are under way at a time', () => {
    const begun = new Map(scenarios.map(({ key }, index) => [key, index]));
    for (const [index, scenario] of scenarios.entries()) {
      for (const [, key = ''] of JSON.stringify(scenario).matchAll(/"case:([^"]+)"/g))
        expect(begun.get(key), `${scenario.key} names ${key}`).toBeLessThan(index - 4);
    }
  });

  it('leave twenty repairs running and close six', () => {
    const ends = new Set(['rejected', 'linked', 'duplicate', undefined]);
    const closed = repairs.filter(
      ({ key, acts }) =>
        key === 'entrance-glass' ||
        (acts.length > 0 && !['claim', 'pause'].includes(acts.at(-1)!.do) && ends.has(acts.at(-1)?.outcome)),
    );

    expect(closed).toHaveLength(6);
    expect(repairs.length - closed.length).toBe(20);
  });

  it('leave two in the technicians’ pool', () => {
    const inPool = scenarios.filter(({ acts }) => acts.at(-1)?.fields?.dispatchMode === 'pool');

    expect(inPool).toHaveLength(2);
  });
});

describe('the values of a scenario', () => {
  it.each([
    ['2026-11-23T21:30:00Z', '2026-11-30', '2026-12-11'],
    // The last weeks of a year: its leaves lie in the next, whose balance is granted too.
    ['2026-12-10T02:00:00Z', '2027-01-11', '2027-01-22'],
  ])('find weekdays from %s', async (loadedAt, monday, friday) => {
    const fields = { fromDate: 'weekday:1-1', toDate: 'weekday:2-5' };

    expect(await resolveFields(fields, { ...meaning, loadedAt: new Date(loadedAt) })).toEqual({
      fromDate: monday,
      toDate: friday,
    });
  });

  it('become ids, photos and instants in the community’s clock', async () => {
    const fields = {
      unit: 'unit:3-2-1201',
      photos: ['photo:leak'],
      appointmentAt: 'at:+2T10:00',
      place: '厨房',
      of: 'case:x',
    };

    expect(await resolveFields(fields, meaning)).toEqual({
      unit: demoId('unit', '3-2-1201'),
      photos: ['photo of leak'],
      // The load is on the 24th in Shanghai already.
      appointmentAt: '2026-11-26T02:00:00.000Z',
      place: '厨房',
      of: 'case of x',
    });
  });
});
