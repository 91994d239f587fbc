import { expect, it } from 'vitest';
import type { PublishedFlow } from '../definitions/published.ts';
import { branchOf } from './position.ts';

const text = (word: string): { 'zh-CN': string; en: string } => ({ 'zh-CN': word, en: word });
const decision = {
  id: 'mode',
  kind: 'exclusive',
  title: text('Mode'),
  branches: [
    { title: text('Assign'), when: 'mode = "assign"', steps: [] },
    { title: text('Grab'), when: 'mode = "pool"', steps: [] },
  ],
  otherwise: { steps: [] },
} as const;
const steps = new Map([['mode', { step: decision, depth: 0, branches: [] }]]) as unknown as PublishedFlow['steps'];

it('names a branch by its decision, and the one for all other cases by nothing', () => {
  expect(branchOf({ steps }, 'mode branches.1')).toEqual({
    id: 'mode branches.1',
    title: text('Grab'),
    decision: text('Mode'),
    kind: 'exclusive',
  });
  expect(branchOf({ steps }, 'mode otherwise').title).toBeNull();
  expect(() => branchOf({ steps }, 'gone otherwise')).toThrow('gone has no branches');
});
