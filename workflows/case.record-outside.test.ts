/** Drives cases that wait for the world outside, for other cases and for calls back, and records them (testing-record.ts). */
import { afterAll, beforeAll, expect } from 'vitest';
import type { Performed, PerformRequest } from './activities.ts';
import {
  aCallActivity,
  aFlow,
  aHandler,
  anEnd,
  aParallel,
  aServiceTask,
  aSubProcess,
  aThrow,
  aUserTask,
} from './engine/testing.ts';
import { callbackSignal } from './messages.ts';
import { reach, records } from './testing-record.ts';
import { CaseWorker, eventually, type TestCase } from './testing.ts';

let worker: CaseWorker;
const performed: PerformRequest[] = [];
/** Cases and steps that somebody has called back. */
const answered = new Set<string>();
beforeAll(async () => {
  worker = await CaseWorker.start({ perform });
});
afterAll(() => worker.stop());

async function perform(request: PerformRequest): Promise<Performed> {
  const { caseId, effect, step, activity, close } = request;
  performed.push(request);
  const isAnswered = answered.has(`${caseId} ${step}`);
  // Whoever is asked may be quicker than who asked.
  if (step === 'quick' && !isAnswered) await callBack(caseId, { step, effect });
  const isWaiting = activity === 'http.callback' && !isAnswered && close !== true;
  return { vars: {}, patch: null, ...(isWaiting && { waiting: true as const }) };
}

async function callBack(caseId: string, { step, effect }: Pick<PerformRequest, 'step' | 'effect'>): Promise<void> {
  answered.add(`${caseId} ${step}`);
  await worker.client.workflow.getHandle(caseId).signal(callbackSignal, effect);
}

/** What a step was performed for, once it was: so many times in all. */
async function performedFor(test: TestCase, step: string, times = 1): Promise<PerformRequest> {
  const [first] = await eventually(
    () => Promise.resolve(performed.filter((each) => each.caseId === test.caseId && each.step === step)),
    ({ length }) => length >= times,
  );
  return first!;
}

/** Waits for cases that it has called, over two runs, hears of them, gives one up, and is itself waited for. */
async function callsRun(): Promise<TestCase> {
  const help = aHandler('help', { catch: 'escalation', code: 'help', interrupting: false }, [aUserTask('assist')]);
  const gone = aHandler('gone', { catch: 'error', codes: ['cancelled'] }, [aUserTask('ask')]);
  const steps = [
    aCallActivity('free', { wait: false }),
    aSubProcess('part', [aCallActivity('held', { on: [gone] })], [help]),
    aParallel('fork', [[aUserTask('own')], [aCallActivity('dropped')]], { join: 1 }),
    aThrow('cry', { escalation: 'more' }),
    anEnd('bad', 'broken', { ends: 'error' }),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'calls_case' }), { called: true, limits: { updates: 3 } });
  const { effect: held } = await performedFor(test, 'held');
  await test.told({ type: 'childEscalated', effect: held, id: 'e1', code: 'help' });
  await test.told({
    type: 'childEnded',
    effect: held,
    status: 'cancelled',
    outcome: 'withdrawn',
    error: null,
    vars: {},
    patch: null,
  });
  await test.complete('assist', 'done');
  await test.complete('ask', 'done');
  await reach(test, 'own');
  await performedFor(test, 'dropped');
  await test.complete('own', 'done');
  await test.result();
  return test;
}

/** Called back while it asks, while it waits, and over two runs; what is given up meanwhile is closed. */
async function callbacksRun(): Promise<TestCase> {
  const asking = (id: string) => aServiceTask(id, { activity: 'http.callback' });
  const steps = [
    asking('slow'),
    aUserTask('first'),
    asking('quick'),
    aParallel('fork', [[aUserTask('own')], [asking('dropped')]], { join: 1 }),
    asking('kept'),
    aUserTask('last'),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'callbacks_case' }));
  await callBack(test.caseId, await performedFor(test, 'slow'));
  await reach(test, 'first');
  await test.complete('first', 'done');
  await reach(test, 'own');
  await performedFor(test, 'dropped');
  await test.complete('own', 'done');
  expect(await performedFor(test, 'dropped', 2)).toMatchObject({ activity: 'http.callback' });
  await callBack(test.caseId, await performedFor(test, 'kept'));
  await reach(test, 'last');
  await test.complete('last', 'done');
  await test.result();
  expect(performed.filter(({ caseId, close }) => caseId === test.caseId && close).map(({ step }) => step)).toEqual([
    'dropped',
  ]);
  return test;
}

/** The run that takes the call is not the one that asked. */
async function callbackContinuedRun(): Promise<TestCase> {
  const steps = [
    aParallel('fork', [[aServiceTask('kept', { activity: 'http.callback' })], [aUserTask('a'), aUserTask('b')]]),
    aUserTask('last'),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'callback_continued' }), { limits: { updates: 2 } });
  const asked = await performedFor(test, 'kept');
  await test.complete('a', 'done');
  await performedFor(test, 'kept', 2);
  await callBack(test.caseId, asked);
  await performedFor(test, 'kept', 3);
  await test.complete('b', 'done');
  await reach(test, 'last');
  return test;
}

records([
  ['calls', callsRun],
  ['callbacks', callbacksRun],
  ['callback-continued', callbackContinuedRun],
]);
