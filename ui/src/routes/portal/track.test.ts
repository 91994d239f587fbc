import { describe, expect, it } from 'vitest';
import type { PositionStep } from '#lib/api/types.gen.ts';
import { partOfDay, progressOf, trackOf } from './track.ts';

const step = (id: string, state: PositionStep['state'], kind = 'userTask'): PositionStep => ({
  step: id,
  kind,
  title: { 'zh-CN': id, en: id },
  depth: 0,
  branches: [],
  state,
  people: [],
  pool: null,
  at: null,
  dueAt: null,
  certain: true,
});

describe('the owner’s track', () => {
  it('shows what people do, without the machinery and what was skipped', () => {
    const position = [
      step('a', 'done'),
      step('b', 'done', 'exclusive'),
      step('c', 'skipped'),
      step('d', 'current', 'approval'),
      step('e', 'done', 'cc'),
    ];

    expect(trackOf(position).map((each) => each.step)).toEqual(['a', 'd']);
  });

  it('counts the current step half', () => {
    expect(progressOf([step('a', 'done'), step('b', 'current'), step('c', 'upcoming'), step('d', 'upcoming')])).toBe(
      0.375,
    );
    expect(progressOf([step('a', 'done')])).toBe(1);
    expect(progressOf([])).toBe(0);
  });

  it('greets by the hour', () => {
    expect([0, 5, 11, 13, 18].map(partOfDay)).toEqual(['night', 'morning', 'noon', 'afternoon', 'evening']);
  });
});

it('leaves out branches that nobody took yet', () => {
  const way = [step('dispatch', 'current'), { ...step('pool', 'upcoming'), certain: false }, step('work', 'upcoming')];
  expect(trackOf(way).map((each) => each.step)).toEqual(['dispatch', 'work']);
});
