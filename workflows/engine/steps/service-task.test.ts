import { describe, expect, it } from 'vitest';
import { MOST_VALUES } from '../room.ts';
import { Simulation } from '../simulate.ts';
import { anExclusive, aServiceTask, aUserTask, compileSteps } from '../testing.ts';

const done = (vars = {}) => ({ vars, patch: null });

describe('serviceTask', () => {
  it('calls its activity with the rev that caused it (rule 8) and goes on with the values it returns', () => {
    const steps = [aServiceTask('ask'), anExclusive('split', 'answer = "yes"', [aUserTask('yes')], [aUserTask('no')])];
    const run = new Simulation(compileSteps(steps), {
      perform: () => ({ vars: { answer: 'yes', other: 'x' }, patch: 'p1' }),
    });

    run.start('owner');

    expect(run.entries[0]?.effects).toMatchObject([{ type: 'activity', step: 'ask', activity: 'notify', rev: 1 }]);
    expect(run.entries[1]).toMatchObject({
      event: { type: 'activity_done' },
      patchEffect: run.entries[0]?.effects[0]?.id,
    });
    expect(run.open()).toEqual(['yes']);
    expect(run.state.vars).toEqual({ answer: 'yes' });
  });

  it('stops with an incident, and a retry calls it again as another effect', () => {
    const answers = [{ error: 'printer_off' }, done()];
    const run = new Simulation(compileSteps([aServiceTask('print')]), { perform: () => answers.shift() });
    run.start('owner');
    expect(run.state.incidents).toMatchObject([
      {
        step: 'print',
        code: 'activity_failed',
        detail: { error: 'printer_off', effect: expect.any(Number) as number },
      },
    ]);
    expect(run.state.incidents[0]?.detail.effect).toBe(run.entries[0]?.effects[0]?.id);

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: {} });

    expect(run.state).toMatchObject({ status: 'completed', incidents: [] });
    const ids = run.entries.flatMap(({ effects }) => effects.map(({ id }) => id));
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['run', 2],
    ['skip', 1],
  ] as const)('rule 22: again %s', (again, calls) => {
    let called = 0;
    const perform = () => {
      called += 1;
      return done();
    };
    const run = new Simulation(compileSteps([aUserTask('a'), aServiceTask('print', { again }), aUserTask('b')]), {
      perform,
    });
    run.start('owner');
    run.complete('a', 'done');
    run.returnTo('b', 'a');
    run.complete('a', 'done');

    expect(called).toBe(calls);
    expect(run.open()).toEqual(['b']);
  });

  it('what it answered has no room: it has not run, and a retry calls it again, `again: skip` or not', () => {
    const answers = [
      { vars: { text: 'x'.repeat(MOST_VALUES) }, patch: null },
      { vars: { text: 'short' }, patch: null },
    ];
    const steps = [aServiceTask('print', { again: 'skip' }), anExclusive('x', 'text = "short"', [aUserTask('a')], [])];
    const run = new Simulation(compileSteps(steps), { perform: () => answers.shift() });
    run.start('owner');
    expect(run.state).toMatchObject({ ran: [], incidents: [{ detail: { error: 'values_too_large' } }] });

    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });

    expect([answers, run.open(), run.state.ran]).toEqual([[], ['a'], ['print']]);
  });

  it('rule 22: an activity in flight is let finish and only logged when the case went on without it', () => {
    const run = new Simulation(compileSteps([aServiceTask('print')]), { perform: () => undefined });
    run.start('owner');
    const effect = run.entries[0]?.effects[0]?.id ?? 0;
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });
    expect(run.state.effects).toMatchObject([{ frame: null }]);

    run.consume({ type: 'activityDone', effect, vars: {}, patch: 'p1' });

    expect(run.entries.at(-1)).toMatchObject({
      event: { type: 'activity_done', data: { late: true } },
      patchEffect: null,
    });
    expect(run.state.effects).toEqual([]);
    expect(run.state.ran, '`again: skip` knows of it').toEqual(['print']);
  });

  it('a result nobody waits for leaves no trace', () => {
    const run = new Simulation(compileSteps([aServiceTask('print')]));
    run.start('owner');
    const { rev } = run.state;

    run.consume({ type: 'activityDone', effect: 999, vars: {}, patch: null });

    expect(run.state.rev).toBe(rev);
  });
});
