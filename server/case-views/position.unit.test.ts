import { describe, expect, it } from 'vitest';
import type { PublishedFlow } from '../definitions/published.ts';
import { branchOf, lastDone } from './position.ts';

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

const definition = {
  title: text('Visit'),
  on: [{ id: 'undo', catch: 'cancel', steps: [] }],
} as unknown as PublishedFlow['definition'];

it('names a branch by its decision, and the one for all other cases by nothing', () => {
  expect(branchOf({ steps, definition }, 'mode branches.1')).toEqual({
    id: 'mode branches.1',
    title: text('Grab'),
    decision: text('Mode'),
    kind: 'exclusive',
  });
  expect(branchOf({ steps, definition }, 'mode otherwise').title).toBeNull();
  expect(() => branchOf({ steps, definition }, 'gone otherwise')).toThrow('gone has no branches');
});

it('names the branch of a handler by its title and by what it is on', () => {
  const on = [{ id: 'late', catch: 'timer', in: 'P1D', title: text('Too late'), steps: [] }];
  const work = { id: 'work', kind: 'userTask', title: text('Work'), on };
  const steps = new Map([['work', { step: work }]]) as unknown as PublishedFlow['steps'];

  expect(branchOf({ steps, definition }, 'work instead.late')).toMatchObject({
    title: text('Too late'),
    decision: text('Work'),
    kind: 'handler',
  });
  expect(branchOf({ steps, definition }, ' instead.undo')).toMatchObject({ title: null, decision: text('Visit') });
});

describe('what is done', () => {
  const task = (id: string, then?: object) => ({
    id,
    kind: 'userTask',
    title: text(id),
    people: { assign: { rule: 'initiator' } },
    ...(then && { due: { in: 'P1D', then } }),
  });
  const done = (second: ReturnType<typeof task>, ...events: object[]) => {
    const tasks = [task('first'), second];
    const stepsById = new Map(tasks.map((step) => [step.id, { step }]));
    const whole = { key: 'f', title: text('F'), form: 'f', start: { who: [], fields: {} }, steps: tasks };
    const loaded = { key: 'f', version: 1, sha256: '', definition: whole, formulas: {} };
    const first = { type: 'task_completed', step: 'first', data: { outcome: 'done' } };
    const standing = { flow: { steps: stepsById, definition: whole, loaded }, history: [first, ...events] };
    return [...lastDone(standing as unknown as Parameters<typeof lastDone>[0]).keys()];
  };

  it('also what time decided', () => {
    const fired = { type: 'timer_fired', step: 'second', data: { timer: 'due', action: 'complete' } };
    const reminded = { ...fired, data: { timer: 'remind', count: 1 } };
    const second = task('second', { do: 'complete', outcome: 'done' });

    expect(done(second, fired)).toEqual(['first', 'second']);
    expect(done(second, reminded)).toEqual(['first']);
  });

  it('no longer what time sent back behind', () => {
    const second = task('second', [{ do: 'remind' }, { do: 'return', step: 'first', after: 'P1D' }]);

    expect(done(second, { type: 'timer_fired', step: 'second', data: { timer: 'due', action: 'return' } })).toEqual([]);
  });
});
