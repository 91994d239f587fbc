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
const flow = JSON.parse(readFileSync(join(root, 'workflows/flows/repair.json'), 'utf8')) as Flow;
const repair = JSON.parse(readFileSync(join(root, 'forms/service/repair.schema.json'), 'utf8')) as {
  properties: Record<string, { oneOf?: { const: string }[] }>;
};
const demo = generateCommunity(readDemoSources(), '2026-11-24');
const usernames = new Set(demo.accounts.map(({ username }) => username));
const scenarios = readScenarios();
const actions = new Map(findActions(flow.steps));

const meaning: Meaning = {
  loadedAt: new Date('2026-11-23T21:30:00Z'),
  timeZone: 'Asia/Shanghai',
  photo: (name) => Promise.resolve(`photo of ${name}`),
};

/** Outcomes by step, through all branches. */
function findActions(steps: Flow['steps']): [string, string[]][] {
  return steps.flatMap((step): [string, string[]][] => {
    if (step.kind === 'userTask') return [[step.id, (step.actions ?? []).map(({ outcome }) => outcome)]];
    if (step.kind !== 'exclusive') return [];
    return [...step.branches, step.otherwise].flatMap((branch) => findActions(branch.steps));
  });
}

describe('the scenario rows', () => {
  it('are the repairs of people who exist, each under a key of its own', () => {
    expect(new Set(scenarios.map(({ key }) => key)).size).toBe(scenarios.length);
    for (const { by, acts } of scenarios) {
      expect(usernames).toContain(by);
      for (const act of acts) expect(usernames).toContain(act.by);
    }
  });

  it('take the steps and outcomes that the repair flow has', () => {
    for (const { key, acts } of scenarios) {
      for (const { step, outcome } of acts.filter((act) => act.step !== undefined)) {
        expect([...actions.keys()], key).toContain(step);
        if (outcome !== undefined) expect(actions.get(step!), key).toContain(outcome);
      }
    }
  });

  it('fill fields that the repair form has, with choices it knows', () => {
    for (const { key, fields, acts } of scenarios) {
      const all = [fields, ...acts.map((act) => act.fields ?? {})].flatMap((each) => Object.entries(each));
      for (const [name, value] of all) {
        const field = repair.properties[name];
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
    const words = JSON.stringify(scenarios).matchAll(/"(unit|person|photo):([^"]+)"/g);
    for (const [, what = '', name = ''] of words) {
      const exists =
        what === 'photo' ? existsSync(join(root, 'content/demo/photos', `${name}.svg`)) : ids.has(demoId(what, name));
      expect(exists, `${what}:${name}`).toBe(true);
    }
  });

  it('leave twenty running and close three', () => {
    const ends = new Set(['rated', 'rejected', undefined]);
    const closed = scenarios.filter(
      ({ acts }) => acts.at(-1)?.do !== 'claim' && acts.length > 0 && ends.has(acts.at(-1)?.outcome),
    );

    expect(closed).toHaveLength(3);
    expect(scenarios.length - closed.length).toBe(20);
  });

  it('leave two in the technicians’ pool', () => {
    const inPool = scenarios.filter(({ acts }) => acts.at(-1)?.fields?.dispatchMode === 'pool');

    expect(inPool).toHaveLength(2);
  });
});

describe('the values of a scenario', () => {
  it('become ids, photos and instants in the community’s clock', async () => {
    const fields = { unit: 'unit:3-2-1201', photos: ['photo:leak'], appointmentAt: 'at:+2T10:00', place: '厨房' };

    expect(await resolveFields(fields, meaning)).toEqual({
      unit: demoId('unit', '3-2-1201'),
      photos: ['photo of leak'],
      // The load is on the 24th in Shanghai already.
      appointmentAt: '2026-11-26T02:00:00.000Z',
      place: '厨房',
    });
  });
});
