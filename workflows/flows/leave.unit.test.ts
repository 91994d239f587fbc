/** Every way through the leave flow (domain.md 3.5), on a virtual clock. What `prepare` works out comes here as values. */
import { describe, expect, it } from 'vitest';
import type { Simulation } from '../engine/simulate.ts';
import type { Vars } from '../engine/types.ts';
import { builtIn, day, hour, noticesOf } from './testing.ts';

const leave = builtIn('leave', 'staff/leave', { departmentHead: ['head'], role: ['hr1'] });
const zero = Date.parse('2026-03-02T09:00:00+08:00');

function asked(days: number, vars: Vars = {}): Simulation {
  const all = { days, applicantRole: 'staff', cover: 'mate', toDate: '2026-03-10', result: 'pending', ...vars };
  return leave.begin('me', all, { at: zero });
}
function approved(vars: Vars = {}): Simulation {
  const run = asked(2, vars);
  run.complete('cover_confirm', 'agreed');
  run.complete('head', 'approved', { vars: { result: 'approved' } });
  return run;
}
/** Activities asked for so far, by step. */
function services(run: Simulation): string[] {
  return run.entries.flatMap(({ effects }) => effects.flatMap((each) => (each.type === 'activity' ? [each.step] : [])));
}

describe('the leave flow', () => {
  it('is accepted by check', () => {
    expect(leave.problems).toEqual([]);
  });

  it('needs the head of department up to three days, charges the ledger and ends when one is back', () => {
    const run = asked(3);
    expect(run.task('cover_confirm')).toMatchObject({ assignee: 'mate' });
    run.complete('cover_confirm', 'agreed');
    expect(run.task('head')).toMatchObject({ assignee: 'head' });
    run.complete('head', 'approved');
    expect(run.task('on_leave')).toMatchObject({ assignee: 'me' });
    expect(noticesOf(run)).toEqual(expect.arrayContaining(['cc tell_cover mate', 'cc tell_hr hr1']));

    run.complete('on_leave', 'returned', { vars: { result: 'approved', unusedDays: 0, overstayDays: 0 } });

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'completed' });
    expect(services(run)).toEqual(['charge']);
  });

  it('needs HR beyond three days and the director beyond seven', () => {
    const run = asked(8);
    run.complete('cover_confirm', 'agreed');
    run.complete('head', 'approved');
    run.complete('hr', 'approved');
    run.complete('director', 'approved');
    expect(run.open()).toEqual(['on_leave']);

    const shorter = asked(5);
    shorter.complete('cover_confirm', 'agreed');
    shorter.complete('head', 'approved');
    shorter.complete('hr', 'approved');
    expect(shorter.open()).toEqual(['on_leave']);
  });

  it.each(['hr', 'director'])('asks nobody of %s to approve their own', (applicantRole) => {
    const run = asked(10, { applicantRole });
    run.complete('cover_confirm', 'agreed');
    run.complete('head', 'approved');

    expect(run.open()).toEqual(['on_leave']);
  });

  it.each([
    ['head', []],
    ['hr', ['head']],
    ['director', ['head', 'hr']],
  ])('ends when %s rejects, and charges nothing', (step, before) => {
    const run = asked(8);
    run.complete('cover_confirm', 'agreed');
    for (const each of before) run.complete(each, 'approved');

    run.complete(step, 'rejected');

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'rejected' });
    expect(services(run)).toEqual([]);
  });

  it('asks for another cover until one agrees', () => {
    const run = asked(1);
    run.complete('cover_confirm', 'declined');
    run.complete('choose_cover', 'chosen', { vars: { cover: 'other' } });
    expect(run.task('cover_again')).toMatchObject({ assignee: 'other' });
    run.complete('cover_again', 'declined');
    run.complete('choose_cover', 'chosen', { vars: { cover: 'third' } });

    run.complete('cover_again', 'agreed');

    expect(run.open()).toEqual(['head']);
  });

  it('reminds after 24 hours and tells HR after 48', () => {
    const run = asked(1);
    run.complete('cover_confirm', 'agreed');
    run.advance(24 * hour);
    expect(noticesOf(run)).toContain('reminder head holders');

    run.advance(24 * hour);

    expect(noticesOf(run)).toContain('escalation head hr');
  });

  it('can be withdrawn until it is approved', () => {
    expect(asked(1).send({ kind: 'withdraw', actor: 'me', vars: {} })).toBeNull();
    expect(approved().send({ kind: 'withdraw', actor: 'me', vars: {} })).toMatchObject({ code: 'act_not_allowed' });
  });
});

describe('coming back', () => {
  it('is due by the end of the day after the leave; then HR hears of it, after two days the director', () => {
    const run = approved();
    expect(new Date(run.task('on_leave').dueAt!).toISOString()).toBe('2026-03-11T15:59:59.000Z');
    run.advance(12 * day);

    expect(noticesOf(run)).toEqual(expect.arrayContaining(['escalation on_leave hr', 'escalation on_leave director']));
    expect(run.open()).toEqual(['on_leave']);
  });

  it('early gives back what was not taken', () => {
    const run = approved();
    run.complete('on_leave', 'returned', { vars: { result: 'approved', unusedDays: 1, overstayDays: 0 } });

    expect(services(run)).toEqual(['charge', 'give_back']);
    expect(run.state).toMatchObject({ outcome: 'completed' });
  });

  it('never begun gives back all, and ends cancelled', () => {
    const run = approved();
    run.complete('on_leave', 'cancelled', { vars: { result: 'cancelled', unusedDays: 2, overstayDays: 0 } });

    expect(services(run)).toEqual(['charge', 'give_back']);
    expect(run.state).toMatchObject({ outcome: 'cancelled' });
  });

  it.each([
    ['excused', 'completed', ['charge', 'charge_overstay']],
    ['absent', 'absent', ['charge']],
  ])('late goes to HR, who may call it %s', (decision, outcome, charged) => {
    const run = approved();
    run.complete('on_leave', 'returned', { vars: { result: 'approved', unusedDays: 0, overstayDays: 2 } });
    expect(run.task('overstay')).toMatchObject({ assignee: 'hr1' });

    run.complete('overstay', decision);

    expect(run.state).toMatchObject({ status: 'completed', outcome });
    expect(services(run)).toEqual(charged);
  });
});
