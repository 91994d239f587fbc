import { describe, expect, it } from 'vitest';
import { Simulation, type SimulationOptions } from '../simulate.ts';
import {
  aCallActivity,
  aForEach,
  aHandler,
  anEnd,
  anExclusive,
  aParallel,
  aSubProcess,
  aThrow,
  aUserTask,
  compileSteps,
} from '../testing.ts';
import type { Step } from '../flow.gen.ts';
import type { Json } from '../types.ts';

const begun: SimulationOptions = { call: () => ({ begun: true }) };
const begin = (steps: Step[], options: SimulationOptions = begun): Simulation => {
  const run = new Simulation(compileSteps(steps), options);
  run.start('p1');
  return run;
};
/** The call that waits. */
const callOf = (run: Simulation): number => run.state.effects[0]?.id ?? 0;

describe('callActivity', () => {
  it('starts a case with the rev that caused it, waits for its end, and goes on with what that gives', () => {
    const split = anExclusive('split', 'result = "ok"', [aUserTask('yes')], [aUserTask('no')]);
    const run = begin([aCallActivity('call'), split]);

    expect(run.entries[0]?.effects).toMatchObject([{ type: 'call', flow: 'child', waits: true, rev: 1 }]);
    expect(run.entries[1]).toMatchObject({ event: { type: 'child_started', step: 'call', data: { flow: 'child' } } });
    expect(run.entries[1]?.case.position).toEqual(['call']);

    const effect = callOf(run);
    run.consume({
      type: 'childEnded',
      effect,
      status: 'completed',
      outcome: 'fine',
      error: null,
      vars: { result: 'ok', other: 1 },
      patch: 'p1',
    });

    expect(run.entries[2]).toMatchObject({
      event: { type: 'child_ended', step: 'call', data: { effect, status: 'completed', outcome: 'fine' } },
      patchEffect: effect,
    });
    expect(run.open()).toEqual(['yes']);
    expect(run.state.vars).toEqual({ result: 'ok' });
  });

  it('starts what an expression gives, told when the step opens', () => {
    const named = aCallActivity('call', { flow: { expression: 'kind + "_order"' } });
    const run = begin([aUserTask('a'), named, aUserTask('after')]);
    run.complete('a', 'done', { vars: { kind: 'big', other: 1 } });

    expect(run.state.vars).toEqual({ kind: 'big' });
    expect(run.entries.at(-2)?.effects).toMatchObject([{ type: 'call', flow: 'big_order' }]);
    run.childEnded(callOf(run), { outcome: 'fine' });
    expect(run.open()).toEqual(['after']);
  });

  it.each([
    ['no text', '5', { code: 'expression_not_text', detail: { expression: 'kind', found: 'number' } }],
    ['nothing', 'null', { code: 'expression_not_text', detail: { expression: 'kind', found: null } }],
    ['no flow', '"nowhere"', { code: 'call_failed', detail: { expression: 'kind', error: 'flow_unknown' } }],
  ])('waits for somebody where an expression gives %s, and goes on when it is tried again', (_, kind, incident) => {
    const calls: string[] = [];
    const run = begin([aUserTask('a'), aCallActivity('call', { flow: { expression: 'kind' } })], {
      call: ({ flow }) => {
        calls.push(flow);
        return flow === 'child' ? { begun: true } : { refused: 'flow_unknown', business: true };
      },
    });
    run.complete('a', 'done', { vars: { kind: JSON.parse(kind) as Json } });
    expect(run.state.incidents).toMatchObject([incident]);

    run.send({ kind: 'retry', actor: 'admin', incident: run.state.incidents[0]!.id, vars: { kind: 'child' } });
    expect(run.state.incidents).toEqual([]);
    expect(calls.at(-1)).toBe('child');
  });

  it('takes an end once, and one that comes before the start is known', () => {
    const run = begin([aCallActivity('call'), aUserTask('after')], { call: () => undefined });
    const effect = callOf(run);

    run.childEnded(effect, { outcome: 'fine' });
    const { rev } = run.state;
    run.childEnded(effect, { outcome: 'fine' });
    run.consume({ type: 'activityDone', effect, vars: {}, patch: null });

    expect(run.open()).toEqual(['after']);
    expect(run.state.rev).toBe(rev);
  });

  it('goes on at once where it does not wait', () => {
    const run = begin([aCallActivity('call', { wait: false }), aUserTask('after')]);

    expect(run.open()).toEqual(['after']);
    expect(run.state.effects).toEqual([]);
  });

  it('hands an error of the case to the nearest handler; without one it is an incident whose retry calls again', () => {
    const on = [aHandler('broken', { catch: 'error', codes: ['broken'] }, [aUserTask('mend')])];
    const caught = begin([aCallActivity('call', { on }), aUserTask('after')]);
    const run = begin([aCallActivity('call')]);

    for (const each of [caught, run]) each.childEnded(callOf(each), { outcome: 'broken', error: 'broken' });

    expect(caught.open()).toEqual(['mend']);
    expect(run.state.incidents).toMatchObject([
      { code: 'error_uncaught', step: 'call', detail: { flow: 'child', error: 'broken' } },
    ]);
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]?.id ?? 0, vars: {} });
    expect(run.state.effects).toMatchObject([{ type: 'call', begun: true }]);
    expect(run.entries.at(-2)?.cancels).toBeUndefined();
  });

  it('sees a case that was cancelled as the error of that name', () => {
    const on = [aHandler('gone', { catch: 'error', codes: ['cancelled'] }, [aUserTask('ask')])];
    const caught = begin([aCallActivity('call', { on })]);
    const run = begin([aCallActivity('call')]);

    for (const each of [caught, run]) each.childEnded(callOf(each), { outcome: 'withdrawn', cancelled: true });

    expect(caught.open()).toEqual(['ask']);
    expect(run.state.incidents).toMatchObject([{ code: 'child_cancelled', step: 'call' }]);
  });

  it('hands what the case escalates to the nearest handler, each once, and goes on waiting beside it', () => {
    const help = aHandler('help', { catch: 'escalation', code: 'help', interrupting: false }, [aUserTask('assist')]);
    const run = begin([aSubProcess('part', [aCallActivity('call')], [help]), aUserTask('after')]);
    const effect = callOf(run);

    for (const id of ['c1', 'c1']) run.consume({ type: 'childEscalated', effect, id, code: 'help' });

    expect(run.open()).toEqual(['assist']);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'child_escalated', data: { handlers: ['help'] } });
    run.childEnded(effect, { outcome: 'fine' });
    run.complete('assist', 'done');
    expect(run.open()).toEqual(['after']);
  });

  it('gives the case up when its step is closed: by a handler, a return, a skip, the end', () => {
    const interrupting = aHandler('stop', { catch: 'escalation', code: 'stop' }, [aUserTask('instead')]);
    const run = begin([aUserTask('first'), aSubProcess('part', [aCallActivity('call')], [interrupting])]);
    run.complete('first', 'done');
    const effect = callOf(run);
    run.consume({ type: 'childEscalated', effect, id: 'c1', code: 'stop' });
    expect(run.entries.at(-1)?.cancels).toEqual([effect]);
    expect(run.open()).toEqual(['instead']);
    const { rev } = run.state;
    run.childEnded(effect, { outcome: 'late' });
    expect(run.state.rev).toBe(rev);

    const fork = aParallel('fork', [[aUserTask('own')], [aCallActivity('call')]]);
    const returned = begin([aUserTask('first'), fork]);
    returned.complete('first', 'done');
    const [waiting] = returned.state.effects;
    returned.returnTo('own', 'first', { actor: 'p1' });
    expect(returned.entries.at(-1)?.cancels).toEqual([waiting?.id]);

    const skipped = begin([aCallActivity('call'), aUserTask('after')]);
    skipped.send({ kind: 'skip', actor: 'o', vars: {}, step: 'call', item: null, incident: null, outcome: null });
    expect(skipped.entries.at(-1)?.cancels).toHaveLength(1);
    expect(skipped.open()).toEqual(['after']);

    const cancelled = begin([aCallActivity('call')]);
    cancelled.send({ kind: 'cancel', actor: 'o', vars: {} });
    expect(cancelled.state.status).toBe('cancelled');
    expect(cancelled.entries.at(-1)?.cancels).toHaveLength(1);
  });

  it('lets a case that nobody waits for be, whatever becomes of its step', () => {
    const run = begin([aParallel('fork', [[aCallActivity('call', { wait: false })], [anEnd('end', 'over')]])], {
      call: () => undefined,
    });

    expect(run.entries[0]?.cancels).toBeUndefined();
  });

  it('is an incident where the case cannot start; what there is of it is given up', () => {
    const run = begin([aCallActivity('call')], { call: () => ({ refused: 'call_too_deep' }) });
    const on = [aHandler('refused', { catch: 'error' }, [aUserTask('mend')])];
    const caught = begin([aCallActivity('call', { on })], {
      call: () => ({ refused: 'invalid_fields', business: true }),
    });

    expect(run.state.incidents).toMatchObject([
      { code: 'call_failed', detail: { flow: 'child', error: 'call_too_deep' } },
    ]);
    expect(run.entries.at(-1)).toMatchObject({ event: { type: 'activity_failed' }, cancels: [expect.any(Number)] });
    expect(caught.open()).toEqual(['mend']);
  });

  it('runs again when the case comes by once more, or lets what was done stay', () => {
    const calls = (again: 'run' | 'skip'): number => {
      const run = begin([aUserTask('first'), aCallActivity('call', { again }), aUserTask('then')], {});
      run.complete('first', 'done');
      run.returnTo('then', 'first');
      run.complete('first', 'done');
      expect(run.open()).toEqual(['then']);
      return run.entries.flatMap(({ effects }) => effects).filter(({ type }) => type === 'call').length;
    };

    expect(calls('run')).toBe(2);
    expect(calls('skip')).toBe(1);
  });

  it('calls once for each item inside a forEach', () => {
    const run = new Simulation(compileSteps([aForEach('each', [aCallActivity('call')]), aUserTask('after')]), begun);
    run.start('p1', { lines: [{ id: 'a' }, { id: 'b' }] });

    expect(run.state.effects).toMatchObject([
      { type: 'call', item: 'a' },
      { type: 'call', item: 'b' },
    ]);
    for (const { id } of [...run.state.effects]) run.childEnded(id, { outcome: 'fine' });
    expect(run.open()).toEqual(['after']);
  });

  it('writes what the end gives while the case is suspended, and goes on when it is resumed', () => {
    const run = begin([aCallActivity('call'), anExclusive('split', 'result = "ok"', [aUserTask('yes')], [])]);
    run.send({ kind: 'suspend', actor: 'o', vars: {} });

    run.childEnded(callOf(run), { outcome: 'fine', vars: { result: 'ok' } });
    expect(run.open()).toEqual([]);
    run.send({ kind: 'resumeCase', actor: 'o', vars: {} });

    expect(run.open()).toEqual(['yes']);
  });

  it('goes on waiting under another version of the flow', () => {
    const run = begin([aCallActivity('call')]);
    const target = compileSteps([aUserTask('before'), aCallActivity('called'), aUserTask('after')], { version: 2 });

    expect(run.migrate(target, { mapping: { call: 'called' } })).toBeNull();
    run.childEnded(callOf(run), { outcome: 'fine' });

    expect(run.open()).toEqual(['after']);
  });
});

describe('a case that another waits for', () => {
  const called: SimulationOptions = { called: true };

  it('ends with an error that nobody in it catches', () => {
    const run = begin([aParallel('fork', [[aUserTask('own')], [anEnd('end', 'broken', { ends: 'error' })]])], called);

    expect(run.state).toMatchObject({ status: 'completed', outcome: 'broken', tasks: [] });
    expect(run.entries.at(-1)?.case).toMatchObject({ status: 'completed', error: 'broken' });
    expect(begin([anEnd('end', 'broken', { ends: 'error' })]).state.incidents).toMatchObject([
      { code: 'error_uncaught' },
    ]);
  });

  it('passes an error of a case it waits for on, but stops where that was cancelled', () => {
    const failed = begin([aCallActivity('call')], { ...called, ...begun });
    const stopped = begin([aCallActivity('call')], { ...called, ...begun });

    failed.childEnded(callOf(failed), { outcome: 'broken', error: 'broken' });
    stopped.childEnded(callOf(stopped), { outcome: 'cancelled', cancelled: true });

    expect(failed.entries.at(-1)?.case).toMatchObject({ status: 'completed', error: 'broken' });
    expect(stopped.state.incidents).toMatchObject([{ code: 'child_cancelled' }]);
  });

  it('tells outside what it escalates and nobody in it catches', () => {
    const handled = aSubProcess(
      'part',
      [aThrow('in', { escalation: 'help' })],
      [aHandler('h', { catch: 'escalation' }, [])],
    );
    const run = begin([handled, aThrow('out', { escalation: 'more' }), aUserTask('own')], called);

    expect(run.entries[0]?.escalates).toEqual(['more']);
    expect(begin([aThrow('out', { escalation: 'more' })]).entries[0]?.escalates).toBeUndefined();
  });
});
