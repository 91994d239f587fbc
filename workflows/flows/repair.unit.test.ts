/** Every way through the repair flow (domain.md 3.1), on a virtual clock. */
import { describe, expect, it } from 'vitest';
import type { Simulation } from '../engine/simulate.ts';
import type { Vars } from '../engine/types.ts';
import { builtIn, day, hour, minute, noticesOf, trailOf } from './testing.ts';

const repair = builtIn('repair', 'service/repair', { onDuty: ['guard'], role: ['d1', 'd2'] });
const zero = Date.parse('2026-01-01T09:00:00+08:00');

function started(vars: Vars = {}): Simulation {
  const all = { area: 'private', urgency: 'normal', dispatchMode: null, technician: null, chargeable: null, ...vars };
  return repair.begin('owner', all, { at: zero });
}
function dispatched(mode: string, vars: Vars = {}): Simulation {
  const run = started(vars);
  const technician = mode === 'assign' ? 'tech' : null;
  run.complete('dispatch', 'dispatched', { actor: 'dispatcher', vars: { dispatchMode: mode, technician } });
  return run;
}
/** Accepted by the technician, who is on the way. */
function coming(vars: Vars = {}): Simulation {
  const run = dispatched('assign', vars);
  run.complete('accept_assigned', 'accepted', { vars: { technician: 'tech' } });
  return run;
}
function working(vars: Vars = {}): Simulation {
  const run = coming(vars);
  run.complete('arrive', 'arrived');
  return run;
}
function finished(vars: Vars = {}): Simulation {
  const run = working(vars);
  run.complete('work', 'done');
  return run;
}
function dueOf(run: Simulation, step: string): number {
  return (run.task(step).dueAt! - zero) / minute;
}

describe('the repair flow', () => {
  it('is accepted by check', () => {
    expect(repair.problems).toEqual([]);
  });

  it('runs from report to rating', () => {
    const run = started();
    expect(run.task('dispatch')).toMatchObject({ pool: 'dispatcher', assignee: null });
    run.complete('dispatch', 'dispatched', { actor: 'd1', vars: { dispatchMode: 'assign', technician: 'tech' } });
    run.complete('accept_assigned', 'accepted', { vars: { technician: 'tech' } });
    run.complete('arrive', 'arrived');
    run.complete('work', 'done');
    run.complete('accept_owner', 'accepted');
    run.complete('rate', 'rated', { vars: { rating: 5 } });

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed', tasks: [], timers: [], effects: [] });
  });

  it('can be withdrawn until the work begins', () => {
    expect(coming().send({ kind: 'withdraw', actor: 'owner', vars: {} })).toBeNull();
    expect(working().send({ kind: 'withdraw', actor: 'owner', vars: {} })).toMatchObject({ code: 'act_not_allowed' });
  });
});

describe('dispatching', () => {
  it('goes to whoever claims it first, and back when nobody does within ten minutes', () => {
    const claimed = dispatched('pool');
    expect(claimed.task('accept_pool')).toMatchObject({ pool: 'technician' });
    claimed.complete('accept_pool', 'accepted', { actor: 'tech2', vars: { technician: 'tech2' } });
    expect(claimed.task('arrive')).toMatchObject({ assignee: 'tech2' });

    const left = dispatched('pool');
    left.advance(10 * minute);
    expect(left.open()).toEqual(['dispatch']);
  });

  it('offers a job of another day until the day before', () => {
    const run = dispatched('pool', { appointmentAt: new Date(zero + 3 * day).toISOString() });

    expect(dueOf(run, 'accept_pool')).toBe((2 * day) / minute);
  });

  it('gives the assigned half an hour, and goes back to who sent it', () => {
    const run = dispatched('assign');
    expect(dueOf(run, 'accept_assigned')).toBe(30);

    run.advance(30 * minute);

    expect(run.task('dispatch')).toMatchObject({ assignee: 'dispatcher' });
  });

  it('gives until four hours before an appointment of another day', () => {
    const run = dispatched('assign', { appointmentAt: new Date(zero + day).toISOString() });

    expect(dueOf(run, 'accept_assigned')).toBe((20 * hour) / minute);
  });

  it('finds whoever is on duty', () => {
    const run = dispatched('rota');

    expect(run.task('accept_duty')).toMatchObject({ assignee: 'guard' });
  });

  it.each([
    ['assign', 'accept_assigned', 'tech'],
    ['rota', 'accept_duty', 'guard'],
    ['pool', 'accept_pool', 'tech2'],
  ])('takes back what is declined (%s)', (mode, step, actor) => {
    const run = dispatched(mode);

    run.complete(step, 'declined', { actor, vars: { technician: null } });

    expect(run.task('dispatch')).toMatchObject({ assignee: 'dispatcher', returnedBy: actor });
  });

  it.each(['rejected', 'duplicate', 'linked'])('tells the reporter when it ends as %s', (outcome) => {
    const run = started();
    run.complete('dispatch', outcome, { actor: 'dispatcher' });

    expect(noticesOf(run)).toContain(`cc tell_${outcome} owner`);
    expect(run.state).toMatchObject({ status: 'completed', outcome });
  });
});

describe('an urgent repair', () => {
  const urgent = { urgency: 'urgent' };

  it('is due in 15 minutes, then tells the manager at once and the director after as long again', () => {
    const run = started(urgent);
    expect(dueOf(run, 'dispatch_urgent')).toBe(15);
    run.advance(15 * minute);
    expect(noticesOf(run)).toContain('escalation dispatch_urgent manager');
    expect(noticesOf(run)).not.toContain('escalation dispatch_urgent director');

    run.advance(15 * minute);

    expect(noticesOf(run)).toContain('escalation dispatch_urgent director');
    expect(run.open()).toEqual(['dispatch_urgent']);
  });

  it('goes to whoever is on duty, who comes within half an hour and is asked about afterwards', () => {
    const run = started(urgent);
    run.complete('dispatch_urgent', 'dispatched', { actor: 'd1', vars: { dispatchMode: 'rota' } });
    expect(run.task('accept_urgent_duty')).toMatchObject({ assignee: 'guard' });
    run.complete('accept_urgent_duty', 'accepted', { vars: { technician: 'guard' } });
    expect(dueOf(run, 'arrive')).toBe(30);
    run.complete('arrive', 'arrived');
    run.complete('work', 'done');
    run.complete('accept_owner', 'accepted');
    run.complete('rate', 'rated', { vars: { rating: 5 } });
    run.complete('return_visit', 'satisfied', { actor: 'd1' });

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
  });

  it('can be assigned, and comes back to the dispatcher after ten minutes or when declined', () => {
    const run = started(urgent);
    run.complete('dispatch_urgent', 'dispatched', {
      actor: 'd1',
      vars: { dispatchMode: 'assign', technician: 'tech' },
    });
    run.advance(10 * minute);
    expect(run.task('dispatch_urgent')).toMatchObject({ assignee: 'd1' });
    run.complete('dispatch_urgent', 'dispatched');

    run.complete('accept_urgent', 'declined', { vars: { technician: null } });

    expect(run.open()).toEqual(['dispatch_urgent']);
  });

  it.each(['rejected', 'duplicate', 'linked'])('may end as %s', (outcome) => {
    const run = started(urgent);
    run.complete('dispatch_urgent', outcome, { actor: 'd1' });

    expect(run.state).toMatchObject({ status: 'completed', outcome });
  });
});

describe('coming to the spot', () => {
  it('is late half an hour after the appointment: owner and dispatchers hear of it', () => {
    const run = coming({ appointmentAt: new Date(zero + day).toISOString() });

    run.advance(day + 30 * minute);

    expect(noticesOf(run)).toEqual(
      expect.arrayContaining(['escalation arrive dispatcher', 'cc tell_late owner', 'cc tell_late_dispatch d1+d2']),
    );
    expect(run.task('arrive_late')).toMatchObject({ assignee: 'tech' });
    run.complete('arrive_late', 'arrived');
    expect(run.open()).toEqual(['work']);
  });

  it('may be said to be late', () => {
    const run = coming();
    run.complete('arrive', 'late');

    expect(run.open()).toEqual(['arrive_late']);
  });
});

describe('a quotation', () => {
  const quoted = (): Simulation => {
    const run = working({ chargeable: true });
    run.complete('quote', 'quoted');
    return run;
  };

  it('comes before the work, and waits for the owner', () => {
    const run = quoted();
    expect(run.task('consent')).toMatchObject({ assignee: 'owner' });

    run.complete('consent', 'agreed');

    expect(run.open()).toEqual(['work']);
  });

  it.each([
    ['public', { area: 'public', chargeable: true }],
    ['under warranty', { chargeable: true, warranty: true }],
    ['free', { chargeable: false }],
  ])('is not asked for what is %s', (_name, vars) => {
    expect(working(vars).open()).toEqual(['work']);
  });

  it('can be asked for again, or refused', () => {
    const run = quoted();
    run.complete('consent', 'again');
    expect(run.task('quote')).toMatchObject({ assignee: 'tech' });
    run.complete('quote', 'quoted');

    run.complete('consent', 'refused');

    expect(noticesOf(run)).toContain('cc tell_refused tech');
    expect(run.state).toMatchObject({ status: 'completed', outcome: 'quote_refused' });
  });

  it('reminds after a day and goes to the dispatchers to call after three', () => {
    const run = quoted();
    run.advance(day);
    expect(noticesOf(run)).toContain('reminder consent holders');

    run.advance(2 * day);

    expect(run.task('consent')).toMatchObject({ pool: 'dispatcher', assignee: null });
  });
});

describe('the work', () => {
  it('waits for parts with its clock standing', () => {
    const run = working();
    const due = run.task('work').dueAt!;
    const { id: task, assignment } = run.task('work');
    run.send({ kind: 'pause', task, assignment, until: run.now + 3 * day, actor: 'tech', vars: {} });
    run.advance(2 * day + 23 * hour);
    expect(noticesOf(run)).not.toContain('overdue work holders');

    run.advance(hour);

    expect(run.task('work').dueAt).toBe(due + 3 * day);
  });

  it('tells the manager when it takes too long, the director when it takes twice as long', () => {
    const run = working();
    run.advance(48 * hour);
    expect(noticesOf(run)).toContain('escalation work manager');

    run.advance(48 * hour);

    expect(noticesOf(run)).toContain('escalation work director');
  });
});

describe('acceptance', () => {
  it('sends rework back twice, then the manager decides', () => {
    const run = finished();
    for (let time = 0; time < 2; time += 1) {
      expect(run.task('accept_owner').outcomes).toEqual(['accepted', 'rework']);
      run.complete('accept_owner', 'rework');
      expect(run.task('work')).toMatchObject({ assignee: 'tech', returnedBy: 'owner' });
      run.complete('work', 'done');
    }
    expect(run.task('accept_owner').outcomes).toEqual(['accepted', 'disputed']);
    expect(run.complete('accept_owner', 'rework')).toMatchObject({ code: 'action_not_offered' });

    run.complete('accept_owner', 'disputed');
    expect(run.task('decide')).toMatchObject({ pool: 'manager' });
    run.complete('decide', 'again', { actor: 'boss' });
    run.complete('work', 'done');
    run.complete('accept_owner', 'disputed');
    run.complete('decide', 'closed', { actor: 'boss' });

    expect(run.open()).toEqual(['rate']);
  });

  it('is by itself after 72 hours, announced a day before, and not rated after 7 days', () => {
    const run = finished();
    run.advance(48 * hour);
    expect(noticesOf(run)).toContain('reminder accept_owner holders');

    run.advance(24 * hour);
    expect(run.open()).toEqual(['rate']);
    run.advance(7 * day);

    expect(run.state).toMatchObject({ status: 'completed' });
    expect(trailOf(run)).toContain('rate:skipped');
  });

  it('is the manager’s in public areas, and not rated', () => {
    const run = finished({ area: 'public' });
    expect(run.task('accept_public')).toMatchObject({ pool: 'manager' });
    run.complete('accept_public', 'rework', { actor: 'boss' });
    run.complete('work', 'done');

    run.complete('accept_public', 'accepted', { actor: 'boss' });

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
  });
});

describe('a return visit', () => {
  const rated = (rating: number): Simulation => {
    const run = finished();
    run.complete('accept_owner', 'accepted');
    run.complete('rate', 'rated', { vars: { rating } });
    return run;
  };

  it('follows a bad rating only', () => {
    expect(rated(3).state.status).toBe('completed');
    expect(rated(2).task('return_visit')).toMatchObject({ pool: 'dispatcher' });
  });

  it('opens the repair again for whoever is not satisfied', () => {
    const run = rated(1);
    run.complete('return_visit', 'unsatisfied', { actor: 'd1' });
    expect(run.task('arrive')).toMatchObject({ assignee: 'tech' });
    run.complete('arrive', 'arrived');
    run.complete('work', 'done');
    run.complete('accept_owner', 'accepted');
    run.complete('rate', 'rated', { vars: { rating: 5 } });

    expect(run.state.status).toBe('completed');
  });

  it('ends when nobody can be reached', () => {
    const run = rated(1);
    run.complete('return_visit', 'unreachable', { actor: 'd1' });

    expect(run.state.status).toBe('completed');
  });
});

it('holds no field it does not reason about', () => {
  expect([...working().compiled.mentioned].sort()).toEqual([
    'appointmentAt',
    'area',
    'chargeable',
    'dispatchMode',
    'rating',
    'technician',
    'urgency',
    'warranty',
  ]);
});
