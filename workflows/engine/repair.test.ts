import { describe, expect, it } from 'vitest';
import repair from '../flows/repair.json' with { type: 'json' };
import { compile } from './compile.ts';
import type { Flow } from './flow.gen.ts';
import { Simulation } from './simulate.ts';
import { load } from './testing.ts';

const compiled = compile(load(repair as unknown as Flow));
const hour = 3_600_000;

function started(vars: Record<string, string> = {}): Simulation {
  const run = new Simulation(compiled, { community: 'north' });
  run.start('owner', { area: 'private', urgency: 'normal', ...vars });
  return run;
}
function working(): Simulation {
  const run = started();
  run.complete('dispatch', 'dispatched', { actor: 'dispatcher', vars: { dispatchMode: 'assign', technician: 'tech' } });
  run.complete('accept_assigned', 'accepted');
  return run;
}

describe('the repair flow', () => {
  it('runs from report to rating', () => {
    const run = started();
    expect(run.task('dispatch')).toMatchObject({ pool: 'dispatcher', assignee: null });

    run.complete('dispatch', 'dispatched', {
      actor: 'dispatcher',
      vars: { dispatchMode: 'assign', technician: 'tech' },
    });
    expect(run.task('accept_assigned')).toMatchObject({ assignee: 'tech' });
    run.complete('accept_assigned', 'accepted');
    expect(run.task('work')).toMatchObject({ assignee: 'tech' });
    run.complete('work', 'done');
    expect(run.task('accept_owner')).toMatchObject({ assignee: 'owner' });
    run.complete('accept_owner', 'accepted');
    run.complete('rate', 'rated');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed', tasks: [], timers: [], effects: [] });
  });

  it('leaves the job to the pool, and the work to whoever took it', () => {
    const run = started();
    run.complete('dispatch', 'dispatched', { actor: 'dispatcher', vars: { dispatchMode: 'pool' } });
    expect(run.task('accept_pool')).toMatchObject({ pool: 'technician' });

    run.complete('accept_pool', 'accepted', { actor: 'tech2' });

    expect(run.task('work')).toMatchObject({ assignee: 'tech2' });
  });

  it('goes back to the dispatcher who sent it when the technician declines', () => {
    const run = started();
    run.complete('dispatch', 'dispatched', {
      actor: 'dispatcher',
      vars: { dispatchMode: 'assign', technician: 'tech' },
    });

    run.complete('accept_assigned', 'declined');

    expect(run.open()).toEqual(['dispatch']);
    expect(run.task('dispatch')).toMatchObject({ assignee: 'dispatcher', returnedBy: 'tech' });
  });

  it('sends rework back to the technician, and again to acceptance', () => {
    const run = working();
    run.complete('work', 'done');
    run.complete('accept_owner', 'rework');
    expect(run.task('work')).toMatchObject({ assignee: 'tech', returnedBy: 'owner' });

    run.complete('work', 'done');

    expect(run.open()).toEqual(['accept_owner']);
  });

  it('is accepted by itself after 72 hours and not rated after 7 days', () => {
    const run = working();
    run.complete('work', 'done');

    run.advance(72 * hour);
    expect(run.open()).toEqual(['rate']);
    run.advance(7 * 24 * hour);

    expect(run.state).toMatchObject({ status: 'completed' });
    expect(run.state.trail.at(-1)).toMatchObject({ step: 'rate', outcome: 'skipped' });
  });

  it('reminds, escalates to the manager and goes on reminding while nobody dispatches', () => {
    const run = started();

    run.advance(38 * hour);

    expect(run.entries.flatMap(({ notices }) => notices.map(({ kind }) => kind))).toEqual([
      'reminder',
      'overdue',
      'escalation',
      'overdue',
    ]);
    expect(run.open()).toEqual(['dispatch']);
  });

  it('lets the dispatchers accept work in public areas', () => {
    const run = started({ area: 'public' });
    run.complete('dispatch', 'dispatched', { actor: 'dispatcher', vars: { dispatchMode: 'pool' } });
    run.complete('accept_pool', 'accepted', { actor: 'tech' });
    run.complete('work', 'done');

    expect(run.task('accept_public')).toMatchObject({ pool: 'dispatcher' });
    run.complete('accept_public', 'accepted', { actor: 'dispatcher' });

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
  });

  it('tells the reporter when it is rejected', () => {
    const run = started();
    run.complete('dispatch', 'rejected', { actor: 'dispatcher' });

    expect(run.entries.at(-1)?.notices).toEqual([
      { kind: 'cc', step: 'tell_rejected', task: null, to: { persons: ['owner'] } },
    ]);
    expect(run.state).toMatchObject({ status: 'completed', outcome: 'rejected' });
  });

  it('can be withdrawn until the work begins', () => {
    const early = started();
    expect(early.send({ kind: 'withdraw', actor: 'owner', vars: {} })).toBeNull();
    expect(early.state).toMatchObject({ status: 'cancelled', outcome: 'withdrawn', tasks: [] });

    expect(working().send({ kind: 'withdraw', actor: 'owner', vars: {} })).toMatchObject({ code: 'act_not_allowed' });
  });

  it('holds no field it does not reason about', () => {
    expect([...compiled.mentioned].sort()).toEqual(['area', 'dispatchMode', 'technician']);
  });
});
