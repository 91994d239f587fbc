import { expect, it } from 'vitest';
import type { Action, TaskDetail } from '#lib/api/types.gen.ts';
import { conflictsOf, formErrors, formOf, preparing, proposed, writable } from './fields.ts';

it('sends only what the step may write', () => {
  const fields = { category: 'water', phone: '13800000000', secret: 1, note: '' };
  const permissions = { category: 'required', phone: 'read', secret: 'hidden', note: 'edit' } as const;

  expect(writable(fields, permissions)).toEqual({ category: 'water', note: '' });
});

it('has of a table whose row the task is about that row, and no other', () => {
  const schema = { properties: { lines: { type: 'array', maxItems: 50 }, note: { type: 'string' } } };
  const form = { key: 'tour', version: 1, schema, layout: {} };

  expect(formOf({ form, ownRows: {} })).toBe(form);
  expect(formOf({ form, ownRows: { lines: 'r1' } }).schema.properties).toEqual({
    lines: { type: 'array', minItems: 1, maxItems: 1 },
    note: { type: 'string' },
  });
});

it('shows both values of a field that was changed meanwhile', () => {
  const errors = [
    { path: '/fields/category', code: 'field_changed', params: { theirs: 'electricity', by: '王五' } },
    { path: '/fields/phone', code: 'too_long' },
  ];

  expect(conflictsOf(errors, { category: 'water' })).toEqual([
    { field: 'category', mine: 'water', theirs: 'electricity', by: '王五' },
  ]);
});

it('gives the form its own errors only', () => {
  const errors = [
    { path: '/fields/phone', code: 'too_long', params: { limit: 30 } },
    { path: '/fields/category', code: 'field_changed' },
    { path: '/outcome', code: 'not_a_choice' },
    { path: '', code: 'refused', params: { message: { 'zh-CN': '不行', en: 'No' } } },
  ];

  expect(formErrors(errors)).toEqual([
    { path: '/phone', code: 'too_long', params: { limit: 30 } },
    { path: '', code: 'refused', params: { message: { 'zh-CN': '不行', en: 'No' } } },
  ]);
});

it('does not propose whoever sent the work back', () => {
  const back = { type: 'task_returned', actor: { id: 'chen' }, data: { to: 'dispatch' } };
  const detail = {
    mine: true,
    task: { step: 'dispatch', returned: true },
    timeline: [back],
    permissions: { technician: 'edit', reporter: 'read' },
    form: { schema: { properties: { technician: { 'x-field': 'person' }, reporter: { 'x-field': 'person' } } } },
    fields: { technician: 'chen', reporter: 'chen' },
  } as unknown as TaskDetail;

  expect(proposed(detail)).toEqual({ technician: null });
  expect(proposed({ ...detail, fields: { technician: 'wu' } })).toEqual({});
  expect(proposed({ ...detail, mine: false })).toEqual({});
});

it('asks about the chosen act, or the one most likely taken', () => {
  const act = (outcome: string, prepares: boolean, intent: Action['intent'] = 'default'): Action => ({
    ...{ outcome, prepares, intent, label: { 'zh-CN': outcome, en: outcome } },
    ...{ comment: 'optional', signature: false, permissions: null, returnsTo: null, choices: [] },
  });
  const [later, done, refuse] = [act('later', true), act('done', true, 'primary'), act('refuse', false, 'danger')];

  expect(preparing([later, done, refuse], undefined)).toBe(done);
  expect(preparing([later, done, refuse], { kind: 'action', action: later })).toBe(later);
  expect(preparing([later, done, refuse], { kind: 'action', action: refuse })).toBeUndefined();
  expect(preparing([refuse, later], { kind: 'comment' })).toBe(later);
});
