import { describe, expect, it } from 'vitest';
import type { EngineEvent } from './types.ts';
import { Simulation } from './simulate.ts';
import type { State } from './state.ts';
import { anApproval, aUserTask, compileSteps } from './testing.ts';
import { upgradeEntries, upgradeState, type AnyState } from './upgrade.ts';

const hour = 3_600_000;
const transfer = { do: 'transfer' as const, people: { assign: { rule: 'role' as const, role: 'manager' } } };
const escalate = { do: 'escalate' as const, to: 'manager', after: 'PT2H' };
const explanation = { rule: 'role' as const, inputs: {} };

const NEW_IN_V4 = [
  ...['clock', 'countedTo', 'calendars', 'held', 'waitingFor'],
  ...['undoes', 'undoable', 'undoing', 'suspended', 'ending'],
  ...['waits', 'heard', 'cancelling'],
  ...['never', 'given', 'choices', 'confirmsPeople', 'past', 'approvers'],
];

/** A state of today whose clocks are told by their due times alone, as those of a state from before v4 are. */
function withPlainClocks(run: Simulation): State {
  const tasks = run.state.tasks.map((task) => ({
    ...task,
    clock: { from: task.dueAt ?? 0, budget: null, by: null, stops: [], standing: null },
    countedTo: null,
  }));
  return { ...run.state, tasks };
}

/** A state as version 1 had it: what came later taken away, the words of then put back. */
function asV1(run: Simulation): AnyState {
  const text = JSON.stringify(run.state, (key, value: unknown) =>
    [...NEW_IN_V4, 'outcomes', 'paused', 'times', 'action', 'arrived', 'owner', 'spins'].includes(key)
      ? undefined
      : value,
  );
  const old = text
    .replaceAll('{"kind":"then","index":0}', '{"kind":"escalate"}')
    .replace('"v":4', '"v":1')
    .replaceAll('"seats":[]', '"decisions":[]');
  return JSON.parse(old) as AnyState;
}
function waiting(then: typeof transfer | typeof escalate): Simulation {
  const due = { in: 'PT4H', then };
  const run = new Simulation(compileSteps([aUserTask('a', { due }), aUserTask('b')]), { resolve: () => undefined });
  run.start('owner');
  run.advance(4 * hour);
  return run;
}

describe('a state of version 1', () => {
  it.each([
    ['a delayed escalation', escalate],
    ['people that are being looked up', transfer],
  ])('becomes one of today: %s', (_name, then) => {
    const run = waiting(then);
    const old = asV1(run);
    expect(old.v).toBe(1);
    expect(old).not.toEqual(run.state);

    expect(upgradeState(old)).toEqual(withPlainClocks(run));
    expect(upgradeState(run.state)).toBe(run.state);
  });

  it('becomes one of today with its incidents', () => {
    const run = waiting(transfer);
    const effect = run.state.effects[0]!;
    const event: EngineEvent = { type: 'resolved', effect: effect.id, people: { persons: ['p9'], explanation } };
    const incident = { id: 99, step: 'a', code: 'engine_error', detail: {}, frame: effect.frame ?? 0 };
    const task = run.task('a').id;
    const timer = { id: 98, frame: incident.frame, task, at: 1, what: { kind: 'then' as const, index: 0 } };
    run.state.incidents = [
      { ...incident, resume: { do: 'event', event, effect } },
      { ...incident, resume: { do: 'transfer', task, action: 0 } },
      { ...incident, resume: { do: 'timer', timer } },
      { ...incident, resume: { do: 'open' } },
    ];

    expect(upgradeState(asV1(run))).toEqual(withPlainClocks(run));
  });

  it('comes with entries whose tasks offered all and never stood', () => {
    const run = waiting(escalate);
    const old = JSON.parse(
      JSON.stringify(run.entries, (key, value: unknown) =>
        ['outcomes', 'pausedAt', 'pausedUntil', 'never'].includes(key) ? undefined : value,
      ),
    ) as typeof run.entries;

    expect(upgradeEntries(old)).toEqual(run.entries);
  });
});

describe('a state of version 2', () => {
  interface Old {
    [name: string]: unknown;
    seats?: { task: string | null; verdict: string | null }[];
    detour?: { holder: unknown } | null;
  }
  /** As version 2 had it: decisions instead of seats, nothing that came later. */
  function asV2(run: Simulation): AnyState {
    const text = JSON.stringify(run.state, (key, value: Old | null) => {
      if (NEW_IN_V4.includes(key)) return undefined;
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
      const { arrived: _arrived, owner: _owner, spins: _spins, seats, detour, ...rest } = value;
      const kept = Object.fromEntries(Object.entries(rest).filter(([name]) => !NEW_IN_V4.includes(name)));
      if (seats === undefined) return kept;
      const decided = seats.filter(({ verdict }) => verdict !== null);
      const decisions = decided.map(({ task, verdict }) => ({ task, by: null, outcome: verdict }));
      return { ...kept, decisions, detour: detour?.holder ?? null };
    });
    return { ...(JSON.parse(text) as AnyState), v: 2, trail: [] } as AnyState;
  }
  const people = { assign: { rule: 'field' as const, field: 'board' } };
  const board = ['p1', 'p2', 'p3'];

  it('goes on with an approval by all, one of whom has sent the work away', () => {
    const compiled = compileSteps([aUserTask('a'), anApproval('ok', { mode: 'all', people }), aUserTask('b')]);
    const run = new Simulation(compiled);
    run.start('owner', { board });
    run.complete('a', 'done');
    run.complete('ok', 'approved');
    run.returnTo('ok', 'a', { mode: 'straightBack' });
    run.state = upgradeState(asV2(run));

    run.complete('ok', 'approved');
    expect(run.open()).toEqual(['a']);
    run.complete('a', 'done');
    expect(run.open()).toEqual(['ok']);
    run.complete('ok', 'approved');
    expect(run.open()).toEqual(['b']);
  });
});

describe('a state of version 3', () => {
  it('has wall-clock times that go on by what was left when they stood', () => {
    const due = { in: 'PT4H', remind: [{ before: 'PT1H' }] };
    const steps = [aUserTask('a', { pause: { max: 'P1D' }, due }), aUserTask('b')];
    const run = new Simulation(compileSteps(steps));
    run.start('owner');
    const started = run.now;
    run.pause('a', 2 * hour);
    const old = JSON.parse(
      JSON.stringify({ ...run.state, v: 3 }, (key, value: unknown) => (NEW_IN_V4.includes(key) ? undefined : value)),
    ) as AnyState;
    run.state = upgradeState(old);

    run.advance(2 * hour);

    expect(run.task('a')).toMatchObject({ dueAt: started + 6 * hour, paused: null });
    expect(run.state.timers.map(({ at }) => at).sort()).toEqual([started + 5 * hour, started + 6 * hour]);
    run.complete('a', 'done');
    // Since when it was open nobody kept; since it goes on it is known.
    expect(run.entries.at(-1)?.spent).toEqual([]);
  });
});
