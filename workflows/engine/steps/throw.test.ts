import { describe, expect, it } from 'vitest';
import { Simulation, type SendEffect, type SimulationOptions } from '../simulate.ts';
import { aThrow, aUserTask, compileSteps } from '../testing.ts';
import type { Step } from '../flow.gen.ts';

const start = (steps: Step[], options: SimulationOptions = {}): Simulation => {
  const run = new Simulation(compileSteps(steps), options);
  run.start('p1', { order: 7 });
  return run;
};

describe('throw', () => {
  it('hands a message over before the case goes on', () => {
    const sent: SendEffect[] = [];
    const send = (effect: SendEffect) => {
      sent.push(effect);
      return undefined;
    };
    const run = start([aThrow('t', { message: 'ordered', key: 'order' }), aUserTask('a')], { send });
    expect(sent).toMatchObject([{ type: 'send', step: 't', kind: 'message', name: 'ordered', key: '7', rev: 1 }]);
    expect(run.open()).toEqual([]);

    run.consume({ type: 'activityDone', effect: sent[0]!.id, vars: {}, patch: null });

    expect(run.open()).toEqual(['a']);
    expect(run.entries.at(-1)?.event).toMatchObject({ type: 'activity_done', data: { activity: 'message.send' } });
  });

  it('a signal has no key; one that cannot be handed over is an incident that a retry sends again', () => {
    let works = false;
    const send = () => (works ? { vars: {}, patch: null } : { error: 'down' });
    const run = start([aThrow('t', { signal: 'storm' }), aUserTask('a')], { send });
    expect(run.entries[0]?.effects).toMatchObject([{ kind: 'signal', name: 'storm', key: null }]);
    expect(run.state.incidents).toMatchObject([{ code: 'activity_failed', detail: { activity: 'signal.send' } }]);

    works = true;
    run.send({ kind: 'retry', actor: 'operator', incident: run.state.incidents[0]!.id, vars: {} });

    expect(run.open()).toEqual(['a']);
  });

  it('says whether it is sent again when a return crosses it', () => {
    const sent: string[] = [];
    const send = ({ step }: SendEffect) => {
      sent.push(step);
      return { vars: {}, patch: null };
    };
    const once = { ...aThrow('once', { signal: 's' }), again: 'skip' } as Step;
    const run = start([aUserTask('a'), once, aThrow('each', { signal: 's' }), aUserTask('b')], { send });
    run.complete('a', 'done');

    run.returnTo('b', 'a');
    run.complete('a', 'done');

    expect(sent).toEqual(['once', 'each', 'each']);
    expect(run.open()).toEqual(['b']);
  });
});
