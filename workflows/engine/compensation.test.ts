import { describe, expect, it } from 'vitest';
import { crash } from './crash.ts';
import { check, type CheckContext } from './check.ts';
import given from './fixtures/context.json' with { type: 'json' };
import { fold } from './fold.ts';
import { Simulation } from './simulate.ts';
import { aFlow, anEnd, aParallel, aServiceTask, aUserTask, compileSteps } from './testing.ts';
import type { Effect } from './types.ts';

type Called = Extract<Effect, { type: 'activity' }>;
const compensate = { activity: 'undo' };
const undoable = (id: string, again?: 'run' | 'skip') =>
  aServiceTask(id, { activity: `do-${id}`, compensate, ...(again ? { again } : {}) });

/** A case whose activities are noted; those that `holds` names stay in flight until they are answered. */
function working(steps: Parameters<typeof compileSteps>[0], holds: (call: Called) => boolean = () => false) {
  const calls: Called[] = [];
  const compiled = compileSteps(steps);
  const run = new Simulation(compiled, {
    perform: (call) => {
      calls.push(call);
      return holds(call) ? undefined : { vars: {}, patch: null };
    },
  });
  run.start('owner');
  const said = () => calls.map(({ step, undoes }) => (undoes === null ? step : `undo ${step}`));
  const done = (call: Called) => {
    run.consume({ type: 'activityDone', effect: call.id, vars: {}, patch: null });
  };
  return { run, calls, said, done, compiled };
}
const undoing = ({ undoes }: Called): boolean => undoes !== null;

describe('rule 22: backwards over effects', () => {
  const chain = [aUserTask('a'), undoable('pay'), undoable('book', 'skip'), undoable('print', 'run'), aUserTask('b')];

  it('a return undoes what it crosses, the last first, before the target opens; what may stay does', () => {
    const { run, said, calls, done } = working(chain, undoing);
    run.complete('a', 'done');

    run.returnTo('b', 'a');
    expect(said()).toEqual(['pay', 'book', 'print', 'undo print']);
    expect(calls[3]).toMatchObject({ activity: 'undo', undoes: calls[2]?.id });
    expect([run.open(), run.entries.at(-1)?.case.position]).toEqual([[], ['print']]);
    done(calls[3]!);
    expect([said().at(-1), run.open()]).toEqual(['undo pay', []]);
    done(calls[4]!);

    expect(run.open()).toEqual(['a']);
    expect(run.entries.at(-1)?.event).toMatchObject({
      type: 'step_compensated',
      step: 'pay',
      data: { undoes: calls[0]?.id },
    });
    run.complete('a', 'done');
    expect(said().slice(5)).toEqual(['pay', 'print']);
  });

  it('a detour crosses nothing: what was done stays', () => {
    const { run, said } = working(chain);
    run.complete('a', 'done');

    run.returnTo('b', 'a', { mode: 'straightBack' });

    expect([said(), run.open()]).toEqual([['pay', 'book', 'print'], ['a']]);
  });

  it('cancelling undoes all of it before the case is over; nothing else may be done meanwhile', () => {
    const { run, said, calls, done } = working(chain, undoing);
    run.complete('a', 'done');

    run.send({ kind: 'cancel', actor: 'operator', vars: {} });
    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'cancelling', outcome: null });
    expect(run.send({ kind: 'withdraw', actor: 'owner', vars: {} })).toMatchObject({ code: 'case_ending' });
    for (let at = 3; at < 6; at += 1) done(calls[at]!);

    expect(said().slice(3)).toEqual(['undo print', 'undo book', 'undo pay']);
    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'cancelled', outcome: 'cancelled', position: [] });
    expect(run.state.undoable).toEqual([]);
  });

  it('a withdrawal likewise; a case that completes undoes nothing', () => {
    const withdrawn = working(chain);
    withdrawn.run.complete('a', 'done');
    withdrawn.run.send({ kind: 'withdraw', actor: 'owner', vars: {} });
    expect(withdrawn.said().slice(3)).toEqual(['undo print', 'undo book', 'undo pay']);
    expect(withdrawn.run.state.outcome).toBe('withdrawn');

    const completed = working(chain);
    completed.run.complete('a', 'done');
    completed.run.complete('b', 'done');
    expect(completed.said()).toEqual(['pay', 'book', 'print']);
    expect(completed.run.state.status).toBe('completed');
  });

  it('a compensation that fails is an incident that a retry runs again; what comes after it waits', () => {
    const { run, said, calls, done } = working(chain, undoing);
    run.complete('a', 'done');
    run.send({ kind: 'cancel', actor: 'operator', vars: {} });

    run.consume({ type: 'activityFailed', effect: calls[3]!.id, error: { code: 'bank_closed', message: '' } });
    expect(run.entries.at(-1)?.event.type).toBe('compensation_failed');
    expect(run.state.incidents).toMatchObject([
      { step: 'print', code: 'compensation_failed', detail: { error: 'bank_closed' } },
    ]);
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });
    expect(said().slice(3)).toEqual(['undo print', 'undo print']);
    for (let at = 4; at < 7; at += 1) done(calls[at]!);

    expect(run.state.status).toBe('cancelled');
  });

  const sides = [
    aParallel('both', [[undoable('pay'), aUserTask('after')], [aUserTask('other')]], { join: 'any' }),
    aUserTask('b'),
  ];

  it('an activity in flight when its branch closes is let finish; its late success is logged and undone beside what goes on', () => {
    const { run, calls, said, done } = working(sides, () => true);
    run.complete('other', 'done');
    expect(run.open()).toEqual(['b']);

    done(calls[0]!);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'activity_done', data: { late: true } });
    expect([said(), run.open()]).toEqual([['pay', 'undo pay'], ['b']]);
    run.complete('b', 'done');
    // The case is over only when nothing is left to be undone.
    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'running', position: ['pay'] });
    done(calls[1]!);

    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'completed', outcome: 'completed' });
  });

  it('its late failure leaves nothing to undo', () => {
    const { run, calls, said } = working(
      [aParallel('both', [[undoable('pay')], [aUserTask('o'), anEnd('e', 'stopped')]])],
      () => true,
    );
    run.complete('o', 'done');
    expect(run.entries.at(-1)?.case.status).toBe('running');

    run.consume({ type: 'activityFailed', effect: calls[0]!.id, error: { code: 'x', message: '' } });

    expect(said()).toEqual(['pay']);
    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'completed', outcome: 'stopped' });
  });

  it('a late success on which the engine itself fails is undone by a retry', () => {
    const { run, calls, said, done, compiled } = working(sides, () => true);
    run.complete('other', 'done');

    const late = { type: 'activityDone' as const, effect: calls[0]!.id, vars: {}, patch: null };
    const crashed = crash(compiled, run.state, late, run.now);
    run.state = crashed.state;
    expect(run.state.incidents).toMatchObject([{ step: 'pay', code: 'engine_error' }]);
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });

    expect(said()).toEqual(['pay', 'undo pay']);
    done(calls[1]!);
    expect(run.state.undoing).toEqual([]);
  });

  it('a branch that closes takes nothing from the compensations on their way; the target in it stays closed', () => {
    const branch = [aUserTask('x'), undoable('pay'), aUserTask('y')];
    const { run, calls, done, compiled } = working(
      [aParallel('p', [branch, [aUserTask('z')]], { join: 'any' }), aUserTask('b')],
      undoing,
    );
    run.complete('x', 'done');
    run.returnTo('y', 'x');

    run.complete('z', 'done');
    done(calls[1]!);

    expect(run.open()).toEqual(['b']);
    expect(run.state.undoing).toEqual([]);
    expect(fold(compiled, 'case', run.entries)).toEqual(run.state);
  });

  it('an early activity of a return into a branch beside stays', () => {
    const steps = [
      aParallel('p', [
        [aUserTask('x'), undoable('pay')],
        [aUserTask('z'), undoable('send')],
      ]),
      aUserTask('b'),
    ];
    const { run, said } = working(steps);
    run.complete('x', 'done');
    run.complete('z', 'done');

    run.returnTo('b', 'x');

    expect(said().slice(2)).toEqual(['undo pay']);
  });

  it('more than a state can carry stops with an incident before it runs', () => {
    const { run, said } = working([aUserTask('a'), undoable('pay')]);
    run.state.undoable = Array.from({ length: 1000 }, (_, effect) => ({ effect, step: 'pay', item: null }));

    run.complete('a', 'done');

    expect([said(), run.state.incidents[0]?.code]).toEqual([[], 'too_much_to_undo']);
  });
});

describe('check of compensations', () => {
  const context = given as CheckContext;
  const found = (step: Parameters<typeof aServiceTask>[1]) =>
    check(aFlow([aServiceTask('s', { activity: 'notify', ...step })]), context).map(({ property, code }) => [
      property,
      code,
    ]);

  it('a step that says how it is undone need not say `again`', () => {
    expect(found({ compensate: { activity: 'print', input: { text: 'string(effect.output.pages)' } } })).toEqual([]);
  });

  it.each([
    [{ compensate: { activity: 'unheard' } }, ['compensate.activity', 'unknown_activity']],
    [{ compensate: { activity: 'print' } }, ['compensate.input.text', 'activity_input_missing']],
    [{ compensate: { activity: 'notify', input: { who: '1' } } }, ['compensate.input.who', 'activity_input_unknown']],
    [{ compensate: { activity: 'notify', input: { text: 'nothing' } } }, ['compensate.input.text', 'unknown_name']],
    [{ input: { text: 'effect' } }, ['input.text', 'unknown_name']],
  ])('refuses %j', (step, problem) => {
    expect(found(step)).toEqual([problem]);
  });
});
