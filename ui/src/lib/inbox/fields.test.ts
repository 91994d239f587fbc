import { expect, it } from 'vitest';
import { conflictsOf, formErrors, writable } from './fields.ts';

it('sends only what the step may write', () => {
  const fields = { category: 'water', phone: '13800000000', secret: 1, note: '' };
  const permissions = { category: 'required', phone: 'read', secret: 'hidden', note: 'edit' } as const;

  expect(writable(fields, permissions)).toEqual({ category: 'water', note: '' });
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
  ];

  expect(formErrors(errors)).toEqual([{ path: '/phone', code: 'too_long', params: { limit: 30 } }]);
});
