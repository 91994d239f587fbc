import { describe, expect, it } from 'vitest';
import { activities } from '../../activities/index.ts';
import { misfits } from './activity-input.ts';

describe('what activities are given', () => {
  it.each([...activities.values()].map((activity) => [activity.name, activity] as const))(
    'is checked by a schema that can be read: %s',
    (_name, activity) => {
      expect(misfits(activity, {}).every((problem) => /required|match/.test(problem))).toBe(true);
      expect(misfits({ input: activity.output }, { 'not there': 1 })).toBeInstanceOf(Array);
    },
  );

  it('may be a number in the query of a request, and no list', () => {
    const request = activities.get('http.request')!;

    expect(misfits(request, { url: 'https://erp.example.com', query: { page: 2 } })).toEqual([]);
    expect(misfits(request, { url: 'https://erp.example.com', query: { page: [2] } })).not.toEqual([]);
  });
});
