import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, CHECK_CODES, type CheckContext } from './check.ts';
import given from './fixtures/context.json' with { type: 'json' };
import { compile } from './compile.ts';
import type { Due, Flow } from './flow.gen.ts';
import schema from './flow.schema.json' with { type: 'json' };
import { aCallActivity, aFlow, anExclusive, aServiceTask, aUserTask, load } from './testing.ts';

const folder = join(import.meta.dirname, 'fixtures');
const context = given as CheckContext;
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.invalid.json'));
const read = (name: string): Flow => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Flow;
const ajv = new Ajv.default({ strict: true, allErrors: true });
addFormats.default(ajv);
const accepts = ajv.compile<Flow>(schema);

describe('check', () => {
  it.each(fixtures)('refuses %s for that reason alone', (name) => {
    const code = name.replace('.invalid.json', '');
    const where = code === 'empty_policy_missing' ? { ...context, roles: ['staff'] } : context;

    const problems = check(read(name), where);

    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set([code]));
  });

  it('has a fixture for every rule', () => {
    expect(fixtures.map((name) => name.replace('.invalid.json', ''))).toEqual([...CHECK_CODES].sort());
  });

  it('finds in fixtures what the schema cannot say', () => {
    const refusedBySchema = fixtures.filter((name) => !accepts(read(name)));

    expect(refusedBySchema).toEqual([]);
  });

  it('says which step and property', () => {
    const flow = aFlow([anExclusive('split', 'phone = "1"', [aUserTask('a', { summary: ['nowhere'] })], [])]);

    expect(check(flow, context)).toEqual([
      { step: 'a', property: 'summary.0', code: 'unknown_field', params: { field: 'nowhere' } },
      { step: 'split', property: 'branches.0.when', code: 'personal_field', params: { field: 'phone' } },
    ]);
  });

  it('follows formulas to the personal fields behind them (rule 16)', () => {
    const fields = { ...context.fields, total: { type: 'text', formula: 'phone' } };
    const flow = aFlow([anExclusive('split', 'total = "1"', [aUserTask('a')], [])]);

    expect(check(flow, { ...context, fields })).toMatchObject([{ code: 'personal_field', params: { field: 'phone' } }]);
  });

  it.each<[string, Due]>([
    ['due.remind.0.before', { in: 'PT4H', remind: [{ before: 'PT0S' }] }],
    ['due.remind.0.after', { in: 'PT4H', remind: [{ after: 'PT0S' }] }],
    ['due.remind.0.every', { in: 'PT4H', remind: [{ after: 'PT1H', every: 'PT0S', times: 2 }] }],
    ['due.then.after', { in: 'PT4H', then: { do: 'escalate', to: 'manager', after: 'PT0S' } }],
  ])('refuses a timer of 0 in %s', (property, due) => {
    expect(check(aFlow([aUserTask('a', { due })]), context)).toMatchObject([{ code: 'duration_zero', property }]);
  });

  it.each(['P99999999999W', 'PT9999999999S'])('the schema refuses a due time no clock can tell: %s', (text) => {
    expect(accepts(aFlow([aUserTask('a', { due: { in: text } })]))).toBe(false);
    expect(accepts(aFlow([aUserTask('a', { due: { in: 'P52WT48H' } })]))).toBe(true);
  });

  it.each(['initiator', 'outcomes.s', 'now', 'today()'])(
    'a mapping and a title know the record only, not the engine and no clock: %s',
    (text) => {
      const steps = [aServiceTask('s', { input: { text } })];

      expect(check(aFlow(steps, { caseTitle: text }), context).map(({ property, code }) => [property, code])).toEqual([
        ['caseTitle', 'unknown_name'],
        ['input.text', 'unknown_name'],
      ]);
    },
  );

  it('knows no field that every object has', () => {
    const flow = aFlow([aUserTask('a', { summary: ['valueOf'], fields: { toString: 'edit' } as never })]);

    expect(check(flow, context).map(({ code }) => code)).toEqual(['unknown_field', 'unknown_field']);
  });

  it('compile ends on formulas that go round', () => {
    const flow = aFlow([anExclusive('split', 'hen > 1', [aUserTask('a')], [])]);

    expect(compile(load(flow, { formulas: { hen: 'egg + 1', egg: 'hen + 1' } })).mentioned.size).toBe(0);
  });

  it('says which mapping of a service step its activity would refuse', () => {
    const step = aServiceTask('s', { activity: 'print', input: { colour: 'place' }, output: { place: 'sheets' } });

    expect(check(aFlow([step]), context).map(({ property, code }) => [property, code])).toEqual([
      ['input.text', 'activity_input_missing'],
      ['input.colour', 'activity_input_unknown'],
      ['output.place', 'activity_output_unknown'],
    ]);
  });

  it('knows of a flow that an expression names only that the expression is one', () => {
    const called = (expression: string) =>
      aFlow([aCallActivity('a', { flow: { expression }, input: { any: 'place' } })]);

    expect(check(called('place'), { ...context, flows: {} })).toEqual([]);
    expect(check(called('nowhere'), { ...context, flows: {} })).toMatchObject([
      { step: 'a', property: 'flow.expression', code: 'unknown_name' },
    ]);
  });

  it('accepts an exclusive whose steps go on in one branch only', () => {
    const ends = anExclusive('split', 'total > 5', [{ id: 'stop', kind: 'end', outcome: 'no' }], []);

    expect(check(aFlow([ends, aUserTask('a')]), context)).toEqual([]);
  });
});
