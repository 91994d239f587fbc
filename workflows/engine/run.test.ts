import { describe, expect, it } from 'vitest';
import { closeUnder, newFrame, newRun, nextId, startEffect, type Run } from './run.ts';
import { newState } from './new-state.ts';
import type { Frame } from './state.ts';
import { aServiceTask, compileSteps } from './testing.ts';

function working(): { run: Run; frame: Frame } {
  const run = newRun(compileSteps([aServiceTask('print')]), newState('case'), { type: 'timer' }, { now: 0 });
  const frame = newFrame(run, { step: 'print' });
  const effect = { step: 'print', item: null, activity: 'notify', rev: 1, undoes: null };
  startEffect(run, { type: 'activity', id: nextId(run), frame: frame.id, ...effect });
  return { run, frame };
}

describe('closing a frame', () => {
  it('takes back an activity that the same event started: it never runs', () => {
    const { run, frame } = working();

    closeUnder(run, frame);

    expect([run.effects, run.state.effects]).toEqual([[], []]);
  });

  it('lets an activity of an earlier event finish (rule 22)', () => {
    const { run, frame } = working();
    const later = newRun(run.compiled, run.state, { type: 'timer' }, { now: 0 });

    closeUnder(later, frame);

    expect(later.state.effects).toMatchObject([{ step: 'print', frame: null }]);
    expect(later.late).toEqual(later.state.effects.map(({ id }) => id));
  });
});
