/** What `check` says of due times, pauses, conditional actions and `prepare`. */
import { describe, expect, it } from 'vitest';
import { check, type CheckContext } from './check.ts';
import given from './fixtures/context.json' with { type: 'json' };
import type { Due, Prepare } from './flow.gen.ts';
import { compile } from './compile.ts';
import { aFlow, anExclusive, aUserTask, load } from './testing.ts';

const label = { 'zh-CN': '好', en: 'ok' };
const context = given as CheckContext;
const found = (...flow: Parameters<typeof aFlow>) =>
  check(aFlow(...flow), context).map(({ property, code }) => [property, code]);
const preparing = (prepare: Prepare) => found([aUserTask('a')], { start: { who: ['staff'], fields: {}, prepare } });
const message = { 'zh-CN': '余额 {balance.days} 天，{nobody}', en: 'Balance {balance.days}' };

describe('check of due times and pauses', () => {
  it.each<[string, Due]>([
    ['due.then.1.after', { in: 'PT4H', then: [{ do: 'remind' }, { do: 'escalate', to: 'manager', after: 'PT0S' }] }],
    ['due.in', { in: 'PT0S', at: 'today()' }],
  ])('refuses a time of 0 in %s', (property, due) => {
    expect(found([aUserTask('a', { due })])).toEqual([[property, 'duration_zero']]);
  });

  it('refuses a pause of 0', () => {
    expect(found([aUserTask('a', { pause: { max: 'PT0S' } })])).toEqual([['pause.max', 'duration_zero']]);
  });

  it('reads the end actions of a list as it reads the only one', () => {
    const then: Due['then'] = [
      { do: 'escalate', to: 'nobody' },
      { do: 'transfer', people: { assign: { rule: 'role', role: 'nobody' } }, after: 'PT1H' },
      { do: 'return', step: 'nowhere', after: 'PT3H' },
    ];

    expect(found([aUserTask('a', { due: { in: 'PT1H', then } })])).toEqual([
      ['due.then.1.people.assign.role', 'unknown_role'],
      ['due.then.0.to', 'unknown_role'],
      ['due.then.2.step', 'return_target_invalid'],
    ]);
  });

  it('orders end actions by their delay, not by their place', () => {
    const complete = { do: 'complete' as const, outcome: 'done', after: 'P1D' };
    const escalate = { do: 'escalate' as const, to: 'manager' };

    expect(found([aUserTask('a', { due: { in: 'PT1H', then: [complete, escalate] } })])).toEqual([]);
    const late = { ...escalate, after: 'P1D' };
    expect(found([aUserTask('a', { due: { in: 'PT1H', then: [complete, late] } })])).toEqual([
      ['due.then.1', 'due_action_unreachable'],
    ]);
  });

  it('lets a reminder be as early as it likes where the record says when', () => {
    expect(found([aUserTask('a', { due: { in: 'PT1H', at: 'now', remind: [{ before: 'P9D' }] } })])).toEqual([]);
  });

  it('takes `at` and `when` for engine expressions: no personal field, only what there is', () => {
    const actions = [
      { outcome: 'done', label },
      { outcome: 'again', label, when: 'phone = "1"' },
    ];

    expect(found([aUserTask('a', { actions, due: { at: 'nowhere' } })])).toEqual([
      ['actions.1.when', 'personal_field'],
      ['due.at', 'unknown_name'],
    ]);
  });

  it('`times` names a human step', () => {
    const steps = [anExclusive('split', 'times.split > 1 or times.a > 1', [aUserTask('a')], [])];

    expect(check(aFlow(steps), context)).toMatchObject([{ code: 'unknown_step', params: { step: 'split' } }]);
  });
});

describe('check of prepare', () => {
  it('knows fields, the lookups before, who acts, the number and the clock', () => {
    const where = [{ field: 'id', op: '=' as const, value: 'person.employee' }];
    const lookups: Prepare['lookups'] = [
      { name: 'balance', form: 'leaveLedger', take: 'sum', field: 'days', where },
      { name: 'other', form: 'leave', take: 'count', where: [{ field: 'days', op: '<', value: 'balance' }] },
    ];
    const set = { place: 'string(balance) + phone + string(today())' };

    expect(preparing({ lookups, set, refuse: [{ when: 'other > 0', message: label, field: 'place' }] })).toEqual([]);
  });

  it('refuses names that are not there yet, expressions that cannot be read, fields nobody writes', () => {
    const lookups: Prepare['lookups'] = [
      { name: 'first', form: 'unit', take: 'count', where: [{ field: 'id', op: '=', value: 'second' }] },
      { name: 'second', form: 'unit', take: 'count' },
      { name: 'second', form: 'unit', take: 'one' },
      { name: 'person', form: 'unit', take: 'one' },
    ];
    const set = { nowhere: '1', total: '1 +', number: 'outcomes.a' };

    expect(preparing({ lookups, set, refuse: [{ when: 'true', message, field: 'gone' }] })).toEqual([
      ['start.prepare.lookups.0.where.0.value', 'unknown_name'],
      ['start.prepare.lookups.2.name', 'lookup_name_taken'],
      ['start.prepare.lookups.3.name', 'lookup_name_taken'],
      ['start.prepare.set.nowhere', 'unknown_field'],
      ['start.prepare.set.total', 'field_not_writable'],
      ['start.prepare.set.total', 'expression_invalid'],
      ['start.prepare.set.number', 'field_not_writable'],
      ['start.prepare.set.number', 'unknown_name'],
      ['start.prepare.refuse.0.field', 'unknown_field'],
      ['start.prepare.refuse.0.message.zh-CN', 'unknown_name'],
      ['start.prepare.refuse.0.message.zh-CN', 'unknown_name'],
      ['start.prepare.refuse.0.message.en', 'unknown_name'],
    ]);
  });

  it('of an action is read too, and lets no field into the engine', () => {
    const prepare = { set: { place: 'phone', nowhere: '1' } };
    const flow = aFlow([aUserTask('a', { actions: [{ outcome: 'done', label, prepare }] })]);

    expect(check(flow, context)).toMatchObject([{ step: 'a', property: 'actions.0.prepare.set.nowhere' }]);
    expect(compile(load(flow)).mentioned.size).toBe(0);
  });
});
