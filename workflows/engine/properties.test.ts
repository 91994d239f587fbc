import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flows } from './arbitraries.ts';
import { doings } from './arbitrary-doings.ts';
import { CALENDARS } from './calendar/testing.ts';
import { check } from './check.ts';
import { choicesOf } from './choices.ts';
import { compile, type Compiled } from './compile.ts';
import { fold } from './fold.ts';
import { holdCalls, holdInvariants, holdLog } from './invariants.testing.ts';
import { chosen, context, linesOf, perform, versions } from './perform.testing.ts';
import { Simulation } from './simulate.ts';
import type { State } from './state.ts';
import { step } from './step.ts';
import { load } from './testing.ts';
import type { DeltaEntry, OpenedTask } from './types.ts';
import { snapshot } from './views.ts';

/** Effects stay in flight until a doing answers them, so that they race with commands and timers. */
function simulate(compiled: Compiled): Simulation {
  // As cases begin today, and as older ones did.
  const confirmsPeople = compiled.flow.steps.length % 2 === 0;
  const unanswered = {
    resolve: () => undefined,
    perform: () => undefined,
    send: () => undefined,
    call: () => undefined,
    called: compiled.flow.steps.length % 3 === 0,
  };
  return new Simulation(compiled, { calendars: CALENDARS, ...unanswered, confirmsPeople });
}

/** The rows a server would have after applying entries in any order: late changes are read again in the order of rev. */
function applyInAnyOrder(entries: DeltaEntry[]): OpenedTask[] {
  const rows = new Map<string, { task: OpenedTask | null; changes: { rev: number; change: Partial<OpenedTask> }[] }>();
  const row = (id: string) => rows.get(id) ?? { task: null, changes: [] };
  const closed = new Set<string>();
  for (const entry of entries) {
    for (const task of entry.opened) rows.set(task.task, { ...row(task.task), task });
    for (const change of entry.changed) {
      const known = row(change.task);
      rows.set(change.task, { ...known, changes: [...known.changes, { rev: entry.rev, change }] });
    }
    for (const { task } of entry.closed) closed.add(task);
  }
  const open = [...rows.entries()].filter(([id]) => !closed.has(id));
  const inOrder = (changes: { rev: number; change: Partial<OpenedTask> }[]) =>
    changes.sort((a, b) => a.rev - b.rev).map(({ change }) => change);
  return open.map(([, { task, changes }]) => Object.assign({}, task!, ...inOrder(changes)) as OpenedTask);
}

const byId = (a: OpenedTask, b: OpenedTask) => (a.task < b.task ? -1 : 1);
/** Each run prints its seed when it fails: `FLOWS_SEED=<n>` repeats it, `FLOWS_RUNS` takes more or fewer. */
const settings = {
  numRuns: Number(process.env.FLOWS_RUNS ?? 5000),
  ...(process.env.FLOWS_SEED === undefined ? {} : { seed: Number(process.env.FLOWS_SEED) }),
};

describe('any flow that passes check, whatever happens', () => {
  it('never throws, never sticks, leaves nothing behind, folds and continues to the same', () => {
    fc.assert(
      fc.property(flows, doings, fc.infiniteStream(fc.nat()), (flow, acts, random) => {
        expect(check(flow, context)).toEqual([]);
        const compiled = compile(load(flow));
        const run = simulate(compiled);
        versions.clear();
        run.start(
          'p1',
          { amount: 3, helper: 'p2', lines: linesOf(3, 4) },
          chosen(choicesOf(compiled, null), acts.length),
        );
        holdInvariants(compiled, run.state);
        for (const act of acts) {
          const before = JSON.stringify(run.state);
          // serialise, parse, continue = continue
          run.state = JSON.parse(before) as State;
          perform(run, act);
          holdInvariants(run.compiled, run.state);
        }

        holdLog(run.entries);
        holdCalls(run);
        expect(
          fold((version) => versions.get(version) ?? compiled, 'case', run.entries),
          'folding the log gives the same case',
        ).toEqual(run.state);
        const shuffled = [...run.entries].map((entry) => ({ entry, key: random.next().value as number }));
        const anyOrder = shuffled.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
        const picture = snapshot(run.compiled, run.state);
        expect(applyInAnyOrder(anyOrder).sort(byId), 'deltas in any order = snapshot').toEqual(
          [...picture.tasks].sort(byId),
        );
        expect(
          run.entries.map(({ rev }) => rev),
          'revs have no gap',
        ).toEqual(run.entries.map((_, index) => index + 1));
        expect(run.entries.at(-1)?.case).toEqual(picture.case);
      }),
      settings,
    );
  }, 1_200_000);

  it('is the same function of its inputs, and leaves its inputs alone', () => {
    fc.assert(
      fc.property(flows, doings, (flow, acts) => {
        const compiled = compile(load(flow));
        const run = simulate(compiled);
        run.start('p1', { amount: 3 });
        for (const act of acts) perform(run, act);
        const state = structuredClone(run.state);
        const event = { type: 'timer' as const };
        const context2 = { now: run.now + 1e9 };

        const first = step(run.compiled, run.state, event, context2);

        expect(step(run.compiled, run.state, event, context2)).toEqual(first);
        expect(run.state).toEqual(state);
      }),
      { ...settings, numRuns: 100 },
    );
  });
});
