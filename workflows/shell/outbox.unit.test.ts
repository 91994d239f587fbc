import { describe, expect, it } from 'vitest';
import { compileSteps, aUserTask } from '../engine/testing.ts';
import { newState } from '../engine/new-state.ts';
import type { DeltaEntry } from '../engine/types.ts';
import { consumeSafely } from './consume.ts';
import { Outbox } from './outbox.ts';
import { Ring } from './ring.ts';

const entry = (rev: number) => ({ rev }) as DeltaEntry;

describe('rule 3: the outbox', () => {
  it('keeps entries until they are acknowledged', () => {
    const outbox = new Outbox();
    for (const rev of [1, 2, 3]) outbox.add(entry(rev), true);

    outbox.acknowledge(2);

    expect(outbox.list().map(({ rev }) => rev)).toEqual([3]);
    expect(outbox.needsProject()).toBe(false);
  });

  it('asks for project for what nobody waits on, once', () => {
    const outbox = new Outbox();
    outbox.add(entry(1), true);
    outbox.add(entry(2), false);
    expect(outbox.needsProject()).toBe(true);

    outbox.taken(2);

    expect(outbox.needsProject()).toBe(false);
    outbox.flush();
    expect(outbox.needsProject()).toBe(false);
  });
});

describe('what does not fit into one message', () => {
  const long = (rev: number) => ({ rev, event: { data: { text: 'x'.repeat(150_000) } } }) as unknown as DeltaEntry;

  it('goes in portions, each at least one entry, until everything was taken', () => {
    const outbox = new Outbox();
    for (let rev = 1; rev <= 5; rev += 1) outbox.add(long(rev), false);
    const portions: number[][] = [];

    while (outbox.needsProject() && portions.length < 9) {
      const portion = outbox.toProject().map(({ rev }) => rev);
      portions.push(portion);
      outbox.taken(portion.at(-1) ?? 0);
    }

    expect(portions).toEqual([[1, 2], [3, 4], [5]]);
    expect(outbox.all()).toHaveLength(5);
    expect(outbox.list(3).map(({ rev }) => rev)).toEqual([3, 4]);
  });
});

describe('rule 2: the ring', () => {
  it('forgets only below the lowest command that is still pending', () => {
    const ring = new Ring();
    ring.add({ id: 'a', n: 1, rev: 1 }, 1);
    ring.add({ id: 'b', n: 2, rev: 2 }, 1);
    expect(ring.find('a')).toMatchObject({ rev: 1 });

    ring.add({ id: 'c', n: 3, rev: 3 }, 2);

    expect(ring.find('a')).toBeUndefined();
    expect(ring.list().map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

describe('an engine that fails', () => {
  const compiled = compileSteps([aUserTask('a')]);
  // A state no flow leads to: its task belongs to a frame that is not there.
  const state = { ...newState('case'), status: 'running' as const, flowVersion: 1 };
  const bare = { id: 'x', n: 2, lowestPending: 2, flowVersion: 1, actor: 'p', vars: {} };

  it('refuses the command and stays as it was', () => {
    const command = { ...bare, kind: 'complete' as const, task: 'case-9', assignment: 1, outcome: 'done' };

    expect(consumeSafely(compiled, state, { type: 'command', command }, { now: 0 })).toEqual({
      refusal: { code: 'engine_error', params: { kind: 'complete' } },
    });
  });

  it('keeps any other event with an incident', () => {
    const timer = { id: 5, frame: 4, task: 'case-9', at: 10, what: { kind: 'due' as const } };

    const result = consumeSafely(compiled, { ...state, timers: [timer] }, { type: 'timer' }, { now: 20 });

    expect(result).toMatchObject({ state: { timers: [], incidents: [{ code: 'engine_error', resume: { timer } }] } });
  });
});
