import { describe, expect, it } from 'vitest';
import { overlay, preparedOf, proposals, toldEarly } from './prepared.ts';

const permissions = { type: 'required', from: 'edit', note: 'edit', days: 'read' } as const;

describe('what the server would do', () => {
  it('shows what it sets where the person may not write', () => {
    expect(overlay({ type: 'annual', days: 1 }, { days: 3, balance: 8, note: 'x' }, permissions)).toEqual({
      type: 'annual',
      days: 3,
      balance: 8,
    });
  });

  it('keeps the very same values when it sets nothing there', () => {
    const values = { type: 'annual' };

    expect(overlay(values, { note: 'x' }, permissions)).toBe(values);
  });

  it('proposes only into what is empty or was its own last proposal', () => {
    const set = { from: '2026-11-25', note: 'new', days: 3, type: 'annual' };

    expect(proposals({ type: 'sick', note: 'old' }, { set, before: { note: 'old' } }, permissions)).toEqual({
      from: '2026-11-25',
      note: 'new',
    });
    expect(proposals({ note: 'mine' }, { set: { note: 'new' }, before: { note: 'old' } }, permissions)).toEqual({});
  });

  it('tells refusals early, and nothing that is only not filled yet', () => {
    const answer = {
      set: { days: 3 },
      labels: {},
      problems: [
        { path: '/fields/days', code: 'refused', params: { message: { 'zh-CN': '余额不足', en: 'Not enough' } } },
        { path: '/fields/type', code: 'required' },
      ],
    };

    expect(preparedOf(answer)).toEqual({
      set: { days: 3 },
      refusals: [{ path: '/days', code: 'refused', params: { message: { 'zh-CN': '余额不足', en: 'Not enough' } } }],
    });
  });

  it('finds no fault with a field before the person wrote in it, left it or tried', () => {
    const refusals = ['/note', '/days', '/elsewhere'].map((path) => ({ path, code: 'refused' }));
    const told = (values: Record<string, unknown>, met = false) =>
      toldEarly(refusals, { values, permissions, met: () => met }).map(({ path }) => path);

    expect(told({})).toEqual(['/days', '/elsewhere']);
    expect(told({ note: '' })).toEqual(['/days', '/elsewhere']);
    expect(told({ note: 'x' })).toEqual(['/note', '/days', '/elsewhere']);
    expect(told({}, true)).toEqual(['/note', '/days', '/elsewhere']);
  });
});
