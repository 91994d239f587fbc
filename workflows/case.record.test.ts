/** Drives a case of every construct, and records it (testing-record.ts). Those that wait for the world outside: case.record-outside.test.ts. */
import { afterAll, beforeAll, expect } from 'vitest';
import {
  aCc,
  aFlow,
  aForEach,
  aHandler,
  aLoop,
  anApproval,
  anEnd,
  anInclusive,
  aParallel,
  aRace,
  aReceive,
  aServiceTask,
  aSubProcess,
  aThrow,
  aTimer,
  aUserTask,
} from './engine/testing.ts';
import type { Flow } from './engine/flow.gen.ts';
import leave from './flows/leave.json' with { type: 'json' };
import repair from './flows/repair.json' with { type: 'json' };
import calendar from '../content/calendars/office.json' with { type: 'json' };
import { workingTimesOf } from './engine/calendar/working-times.ts';
import { reach, records } from './testing-record.ts';
import { CaseWorker, eventually, type TestCase } from './testing.ts';

let worker: CaseWorker;
beforeAll(async () => {
  worker = await CaseWorker.start();
});
afterAll(() => worker.stop());

const role = { assign: { rule: 'role' as const, role: 'manager' } };

async function repairRun(): Promise<TestCase> {
  const test = await worker.startCase(repair as unknown as Flow, {
    vars: { area: 'private', description: '厨房漏水，请联系张三', phone: '13800000000' },
  });
  await test.complete('dispatch', 'dispatched', { dispatchMode: 'assign', technician: 'tech' });
  await test.complete('accept_assigned', 'declined');
  await test.complete('dispatch', 'dispatched', { dispatchMode: 'pool' });
  await test.complete('accept_pool', 'accepted', { technician: 'tech' });
  await test.complete('arrive', 'arrived');
  await test.complete('work', 'done');
  await test.complete('accept_owner', 'rework');
  await test.complete('work', 'done');
  await test.complete('accept_owner', 'accepted');
  await test.complete('rate', 'rated');
  await test.result();
  return test;
}

/** Declined, assigned again, quoted twice, paused for parts, reworked once, badly rated, visited. */
async function chargeableRun(): Promise<TestCase> {
  const test = await worker.startCase(repair as unknown as Flow, {
    vars: {
      area: 'private',
      urgency: 'normal',
      warranty: false,
      description: '推拉门坏了，请联系张三',
      phone: '13800000000',
    },
  });
  await test.complete('dispatch', 'dispatched', { dispatchMode: 'assign', technician: 'tech' });
  await test.complete('accept_assigned', 'declined');
  await test.complete('dispatch', 'dispatched', { dispatchMode: 'assign', technician: 'other' });
  await test.complete('accept_assigned', 'accepted', { technician: 'other' });
  await test.complete('arrive', 'late');
  await test.complete('arrive_late', 'arrived', { chargeable: true, technician: 'other' });
  await test.complete('quote', 'quoted');
  await test.complete('consent', 'again');
  await test.complete('quote', 'quoted');
  await test.complete('consent', 'agreed');
  const aimed = () => ({
    task: test.task('work').task,
    assignment: test.task('work').assignment,
    actor: 'other',
    vars: {},
  });
  await test.send({ kind: 'pause', ...aimed(), until: Date.now() + 60_000 });
  await test.send({ kind: 'resume', ...aimed() });
  await test.complete('work', 'done');
  await test.complete('accept_owner', 'rework');
  await test.complete('work', 'done');
  await test.complete('accept_owner', 'accepted');
  await test.complete('rate', 'rated', { rating: 2 });
  await test.complete('return_visit', 'satisfied');
  await test.result();
  return test;
}

/** An emergency for whoever is on duty, who declines; then it turns out to be reported already. */
async function emergencyRun(): Promise<TestCase> {
  const test = await worker.startCase(repair as unknown as Flow, {
    vars: { area: 'public', urgency: 'urgent', description: '大堂进水，请联系张三' },
  });
  await test.complete('dispatch_urgent', 'dispatched', { dispatchMode: 'rota' });
  await test.complete('accept_urgent_duty', 'declined');
  await test.complete('dispatch_urgent', 'duplicate');
  await test.result();
  return test;
}

/** Five days: covered, approved by the head and by HR, charged, back two days early. */
async function leaveRun(): Promise<TestCase> {
  const test = await worker.startCase(leave as unknown as Flow, {
    vars: {
      applicantRole: 'staff',
      employee: 'e1',
      leaveType: 'annual',
      year: 2026,
      fromDate: '2026-11-02',
      toDate: '2026-11-06',
      days: 5,
      number: 'QJ-1',
      cover: 'cover',
      result: 'pending',
      reason: '陪张三看病',
    },
  });
  await test.complete('cover_confirm', 'declined');
  await test.complete('choose_cover', 'chosen', { cover: 'p2' });
  await test.complete('cover_again', 'agreed');
  await test.complete('head', 'approved');
  await test.complete('hr', 'approved', { result: 'approved' });
  await reach(test, 'on_leave');
  await test.complete('on_leave', 'returned', { unusedDays: 2, overstayDays: 0, result: 'approved' });
  await test.result();
  return test;
}

async function constructsRun(): Promise<TestCase> {
  const then = { do: 'complete' as const, outcome: 'done' };
  const steps = [
    aUserTask('first'),
    anApproval('all', { people: role, mode: 'all' }),
    aServiceTask('notify'),
    aCc('tell', { people: role }),
    aUserTask('waits', { due: { in: 'PT1S', then } }),
    anApproval('any', { people: role }),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'constructs' }));
  await test.complete('first', 'done');
  const { task, assignment } = test.task('all');
  await test.send({ kind: 'return', task, assignment, to: 'first', mode: 'straightBack', actor: 'p1', vars: {} });
  await test.complete('first', 'done');
  await test.complete('all', 'approved');
  await test.complete('all', 'approved');
  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks.some(({ step }) => step === 'any'),
  );
  await test.heal();
  await test.complete('any', 'approved');
  await test.result();
  return test;
}

/** A pause that its own timer ends, one ended by hand, rework while it is offered, an end action that the record times. */
async function clocksRun(): Promise<TestCase> {
  const label = { 'zh-CN': '好', en: 'ok' };
  const pause = { max: 'PT1H' };
  const then = [
    { do: 'escalate' as const, to: 'manager' },
    { do: 'complete' as const, outcome: 'done', after: 'PT1S' },
  ];
  const rework = { outcome: 'rework', label, when: 'times.accept < 1', returnTo: { step: 'work' } };
  const steps = [
    aUserTask('work', { pause, due: { in: 'PT2H', remind: [{ before: 'PT1H' }] } }),
    aUserTask('accept', { actions: [{ outcome: 'done', label }, rework] }),
    aUserTask('waits', { due: { at: 'now + duration("PT1S")', then } }),
    aUserTask('last'),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'clocks' }));
  const aimed = () => ({ task: test.task('work').task, assignment: 1, actor: 'owner', vars: {} });
  await test.send({ kind: 'pause', ...aimed(), until: Date.now() + 1000 });
  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks[0]?.pausedAt === null,
  );
  await test.heal();
  await test.send({ kind: 'pause', ...aimed(), until: Date.now() + 60_000 });
  await test.send({ kind: 'resume', ...aimed() });
  await test.complete('work', 'done');
  await test.complete('accept', 'rework');
  await test.complete('work', 'done');
  await expect(test.complete('accept', 'rework')).rejects.toThrow();
  await test.complete('accept', 'done');
  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks.some(({ step }) => step === 'last'),
  );
  await test.heal();
  await test.complete('last', 'done');
  await test.result();
  return test;
}

/** Due times and a timer step by a working calendar, which changes on the way; a pause for the other party. */
async function workingTimeRun(): Promise<TestCase> {
  const due = { in: 'P1D', calendar: 'office', remind: [{ before: 'PT1H' }] };
  const steps = [
    aUserTask('work', { due, pause: { max: 'P1D', waitingFor: ['owner'] } }),
    aTimer('cool', { in: 'P1D', calendar: 'always' }),
    aUserTask('last', { due }),
  ];
  const always = { ...calendar, key: 'always', keepsHolidays: false, week: roundTheClock };
  const test = await worker.startCase(aFlow(steps, { key: 'working_time' }), {
    calendars: { office: workingTimesOf(calendar, 1), always: workingTimesOf(always, 1) },
  });
  const bare = { actor: 'owner', vars: {} };
  const aimed = () => ({ task: test.task('work').task, assignment: test.task('work').assignment, ...bare });
  await test.send({ kind: 'pause', ...aimed(), until: Date.now() + 60_000, waitingFor: 'owner' });
  const office = workingTimesOf({ ...calendar, week: { ...calendar.week, sat: calendar.week.mon } }, 2);
  await test.send({ kind: 'recalendar', ...bare, calendars: { office } });
  await test.send({ kind: 'resume', ...aimed() });
  await test.complete('work', 'done');
  await expect(test.send({ kind: 'recalendar', ...bare, calendars: { office } })).rejects.toThrow();
  // It waits for as long as the calendar of then says.
  const moment = [{ from: '00:00', to: '00:01' }];
  const short = { mon: moment, tue: moment, wed: moment, thu: moment, fri: moment, sat: moment, sun: moment };
  await test.send({
    kind: 'recalendar',
    ...bare,
    calendars: { always: workingTimesOf({ ...always, week: short }, 2) },
  });
  await test.send({ kind: 'cancel', ...bare });
  await test.result();
  return test;
}
const day = [{ from: '00:00', to: '00:00' }];
const roundTheClock = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day };

/** Branches that wait for each other, with a timer and a loop in them; a detour from inside; others of which the first one wins. */
async function parallelRun(): Promise<TestCase> {
  const steps = [
    aUserTask('first'),
    aParallel('all', [
      [aUserTask('a'), aUserTask('b')],
      [aTimer('soon', { in: 'PT1S' }), aLoop('again', 'outcomes.c = "done"', [aUserTask('c')])],
    ]),
    aParallel('any', [[aUserTask('d')], [aUserTask('e'), aServiceTask('notify')]], { join: 'any' }),
    anInclusive('some', [['true', [aUserTask('f')]]], [aUserTask('g')]),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'parallel_case' }));
  await test.complete('first', 'done');
  await test.complete('a', 'done');
  const { task, assignment } = test.task('b');
  await test.send({ kind: 'return', task, assignment, to: 'first', mode: 'straightBack', actor: 'owner', vars: {} });
  await test.complete('first', 'done');
  await reach(test, 'c');
  await test.complete('c', 'done');
  await test.complete('b', 'done');
  await test.complete('d', 'done');
  await test.complete('f', 'done');
  await test.result();
  return test;
}

/** Delegated and back, signers added before and after and left out, votes, a decision that was taken back. */
async function signersRun(): Promise<TestCase> {
  const steps = [
    aUserTask('first'),
    anApproval('all', { people: role, mode: 'all' }),
    anApproval('vote', { people: role, mode: 'vote', vote: { part: 1, of: 2 } }),
    anApproval('turns', { people: role, mode: 'sequential' }),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'signers_case' }));
  const held = (step: string, actor: string) => {
    const found = [...test.tasks.values()].find((task) => task.step === step && task.assignee === actor);
    if (!found) throw new Error(`${actor} holds no ${step}`);
    return { task: found.task, assignment: found.assignment, actor, vars: {} };
  };
  const say = (step: string, actor: string) =>
    test.send({ kind: 'complete', ...held(step, actor), outcome: 'approved' });
  await test.send({ kind: 'delegate', ...held('first', 'owner'), to: 'helper' });
  await test.complete('first', 'done');
  const { task: decided } = test.task('first');
  await test.complete('first', 'done');
  await test.send({ kind: 'takeBack', decided, actor: 'owner', vars: {} });
  await test.complete('first', 'done');
  await test.send({ kind: 'addSigners', ...held('all', 'p1'), persons: ['x', 'y'], where: 'before' });
  await test.send({ kind: 'addSigners', ...held('all', 'p2'), persons: ['z'], where: 'after' });
  await test.send({ kind: 'removeSigners', ...held('all', 'p2'), persons: ['z'] });
  for (const person of ['x', 'y', 'p1', 'p2']) await say('all', person);
  await say('vote', 'p2');
  await say('turns', 'p1');
  await say('turns', 'p2');
  await test.result();
  return test;
}

/** Rows at once, of which one is deleted and one sent back; then values one after another, until enough is done. */
async function eachRun(): Promise<TestCase> {
  const people = { assign: { rule: 'field' as const, field: 'line.checker' } };
  const steps = [
    aForEach('lines', [aUserTask('do', { people }), aServiceTask('notify'), aUserTask('check', { people: role })]),
    aForEach('parts', [anApproval('ok')], {
      list: 'parts',
      as: 'part',
      mode: 'sequential',
      until: 'results.approved = 2',
    }),
  ];
  const lines = ['a', 'b', 'c'].map((id) => ({ id, checker: `p-${id}`, name: '张三' }));
  const vars = { lines, parts: ['door', 'lock', 'lamp'] };
  const test = await worker.startCase(aFlow(steps, { key: 'each_case' }), { vars });
  const of = (step: string, item: string) => {
    const found = [...test.tasks.values()].find((task) => task.step === step && task.item === item);
    if (!found) throw new Error(`no ${step} of ${item}`);
    return { task: found.task, assignment: found.assignment, actor: found.assignee ?? 'p1', vars: {} };
  };
  const done = { kind: 'complete' as const, outcome: 'done' };
  await test.send({
    kind: 'amend',
    actor: 'operator',
    vars: { lines: lines.slice(0, 2).map(({ id, checker }) => ({ id, checker })) },
  });
  await test.send({ ...done, ...of('do', 'a') });
  await reach(test, 'check');
  await test.send({ kind: 'return', ...of('check', 'a'), to: 'do', mode: 'straightBack' });
  await test.send({ ...done, ...of('do', 'a') });
  await test.send({ ...done, ...of('check', 'a') });
  await test.send({ ...done, ...of('do', 'b') });
  await reach(test, 'check');
  await test.send({ ...done, ...of('check', 'b') });
  await test.complete('ok', 'approved');
  await test.complete('ok', 'approved');
  await test.result();
  return test;
}

/** Suspended and resumed, skipped, moved, returned over what is undone, and cancelled over it. */
async function operatedRun(): Promise<TestCase> {
  const compensate = { activity: 'notify' };
  const steps = [
    aUserTask('first', { due: { in: 'PT4H' } }),
    aServiceTask('pay', { compensate }),
    aServiceTask('book', { compensate }),
    aUserTask('second'),
    aUserTask('third'),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'operated' }));
  const operator = { actor: 'operator', vars: {} };
  await test.send({ kind: 'suspend', ...operator });
  await expect(test.complete('first', 'done')).rejects.toThrow();
  await test.send({ kind: 'resumeCase', ...operator });
  await test.send({ kind: 'skip', ...operator, step: 'first', item: null, incident: null, outcome: 'done' });
  await reach(test, 'second');
  const moved = { cancel: [{ step: 'second', item: null }], start: [{ step: 'first', item: null }] };
  await test.send({ kind: 'modify', ...operator, ...moved, compensate: true });
  await reach(test, 'first');
  await test.complete('first', 'done');
  await reach(test, 'second');
  const { task, assignment } = test.task('second');
  await test.send({ kind: 'return', task, assignment, to: 'first', mode: 'redo', actor: 'owner', vars: {} });
  await reach(test, 'first');
  await test.complete('first', 'done');
  await reach(test, 'second');
  await test.send({ kind: 'cancel', ...operator });
  const { snapshot } = await test.result();
  expect(snapshot.case).toMatchObject({ status: 'cancelled', outcome: 'cancelled' });
  return test;
}

/**
 * A branch beside that a timer began, a message and a signal, a race, what is sent, an error that is caught, a condition that turns true, and a
 * case that is withdrawn and tidied up.
 */
async function handlersRun(): Promise<TestCase> {
  const beside = (id: string, catching: Parameters<typeof aHandler>[1]) =>
    aHandler(id, { ...catching, interrupting: false } as Parameters<typeof aHandler>[1], [aUserTask(`${id}_do`)]);
  const caught = aHandler('caught', { catch: 'error', codes: ['broken'] }, [aUserTask('mend')]);
  const answers = aRace('answers', [
    [{ catch: 'message', name: 'answer', key: 'order' }, [aUserTask('answered')]],
    [{ catch: 'timer', in: 'P1D' }, []],
  ]);
  const steps = [
    aUserTask('first', { on: [beside('soon', { catch: 'timer', in: 'PT1S' })] }),
    aReceive('paid', { key: 'order', on: [beside('storm', { catch: 'signal', name: 'storm' })] }),
    answers,
    aThrow('tell', { message: 'ordered', key: 'order' }),
    aThrow('warn', { signal: 'storm' }),
    aSubProcess('part', [aUserTask('try'), anEnd('bad', 'broken', { ends: 'error' })], [caught]),
    aUserTask('last', { on: [beside('dear', { catch: 'condition', when: 'amount > 5' })] }),
  ];
  const undo = aHandler('undo', { catch: 'cancel' }, [aUserTask('tidy')]);
  const test = await worker.startCase(aFlow(steps, { key: 'handlers_case', on: [undo] }), {
    vars: { order: 'k1', amount: 1 },
  });
  await reach(test, 'soon_do');
  await test.complete('first', 'done');
  await test.hear({ signal: 'storm' });
  await test.complete('soon_do', 'done');
  await test.hear({ message: 'paid', key: 'k1' });
  await test.complete('storm_do', 'done');
  await test.hear({ message: 'answer', key: 'k1' });
  await test.complete('answered', 'done');
  await reach(test, 'try');
  await test.complete('try', 'done');
  await test.complete('mend', 'done');
  await test.send({ kind: 'amend', actor: 'owner', vars: { amount: 9 } });
  await test.complete('dear_do', 'done');
  await test.send({ kind: 'withdraw', actor: 'owner', vars: {} });
  await test.complete('tidy', 'done');
  await test.result();
  return test;
}

/** Steps undone when throws ask for it: one alone by its handler, then the rest at the same time, one of them by an activity. */
async function undoneRun(): Promise<TestCase> {
  const undoable = (id: string) =>
    aUserTask(id, { on: [aHandler(`${id}_back`, { catch: 'compensation' }, [aUserTask(`undo_${id}`)])] });
  const steps = [
    undoable('a'),
    undoable('b'),
    aServiceTask('book', { compensate: { activity: 'notify' } }),
    aSubProcess('part', [undoable('c'), aThrow('undo_part', { compensation: null })]),
    aThrow('undo_one', { compensation: 'a' }),
    { ...aThrow('undo_all', { compensation: null }), mode: 'parallel' as const },
    aUserTask('last'),
  ];
  const test = await worker.startCase(aFlow(steps, { key: 'undone_case' }));
  await test.complete('a', 'done');
  await test.complete('b', 'done');
  await reach(test, 'c');
  await test.complete('c', 'done');
  await test.complete('undo_c', 'done');
  await test.complete('undo_a', 'done');
  await test.complete('undo_b', 'done');
  await reach(test, 'last');
  await test.complete('last', 'done');
  await test.result();
  return test;
}

/** Moved to another version twice, once in vain. */
async function migratedRun(): Promise<TestCase> {
  const flow = (...ids: string[]) =>
    aFlow(
      ids.map((id) => aUserTask(id, { due: { in: 'P1D' } })),
      { key: 'migrated_case' },
    );
  const test = await worker.startCase(flow('a', 'b'));
  await test.complete('a', 'done');
  await expect(test.migrate(flow('a', 'c'), 2)).rejects.toThrow();
  await test.migrate(flow('a', 'c', 'd'), 3, { b: 'c' });
  await test.complete('c', 'done');
  await test.complete('d', 'done');
  await test.result();
  return test;
}

async function longRun(): Promise<TestCase> {
  const steps = [aUserTask('a', { due: { in: 'P1D' } }), aServiceTask('notify'), aUserTask('b'), aUserTask('c')];
  const test = await worker.startCase(aFlow(steps, { key: 'long_case' }), { limits: { updates: 2 } });
  await test.complete('a', 'done');
  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks.some(({ step }) => step === 'b'),
  );
  await test.heal();
  await test.complete('b', 'done');
  return test;
}

records([
  ['repair', repairRun],
  ['repair-chargeable', chargeableRun],
  ['repair-emergency', emergencyRun],
  ['leave', leaveRun],
  ['constructs', constructsRun],
  ['clocks', clocksRun],
  ['working-time', workingTimeRun],
  ['parallel', parallelRun],
  ['signers', signersRun],
  ['each', eachRun],
  ['operated', operatedRun],
  ['handlers', handlersRun],
  ['undone', undoneRun],
  ['migrated', migratedRun],
  ['continued', longRun],
  // The same cases again: the histories recorded under the names above are of runs that loaded their flow.
  ['whole-repair', repairRun],
  ['whole-migrated', migratedRun],
]);
