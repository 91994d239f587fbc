import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flows, PEOPLE } from './arbitraries.ts';
import { doings, type Doing } from './arbitrary-doings.ts';
import { isHandlerKey } from './catching.ts';
import { choicesOf, type Choice } from './choices.ts';
import { CALENDARS, laterCalendars } from './calendar/testing.ts';
import { check, type CheckContext } from './check.ts';
import { compile, sequenceOf, type Compiled } from './compile.ts';
import { crash, type Unwaited } from './crash.ts';
import { fold } from './fold.ts';
import { isBeside, isInterrupted } from './handlers.ts';
import { neverOf } from './never.ts';
import type { Flow, Step } from './flow.gen.ts';
import { roundsOf } from './items.ts';
import { mayReturnTogether, returnPlaces } from './return.ts';
import { removableOf } from './signers.ts';
import { Simulation } from './simulate.ts';
import { reckonAgain } from './clocks.ts';
import { cloneState } from './clone.ts';
import { newRun } from './run.ts';
import { allTimers, framesUnder, heldFrames, rootsOf, type Frame, type State, type Task } from './state.ts';
import { step } from './step.ts';
import { aUserTask, load } from './testing.ts';
import { outcomesOfStep, isHuman } from './tree.ts';
import type { Choices, Command, DeltaEntry, Json, OpenedTask, Vars } from './types.ts';
import { snapshot } from './views.ts';

const context: CheckContext = {
  fields: {
    amount: { type: 'number' },
    helper: { type: 'person' },
    lines: { type: 'table', columns: { amount: { type: 'number' } } },
  },
  roles: ['staff', 'manager'],
  calendars: ['office', 'lost'],
  activities: { notify: { input: {}, output: {} } },
};

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

function at<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

function perform(run: Simulation, doing: Doing): void {
  const { pick, value } = doing;
  const actor = PEOPLE[value % PEOPLE.length] ?? 'p1';
  const vars = { amount: value, helper: value % 4 === 0 ? null : actor, lines: linesOf(pick, value) };
  performOnCase(run, { ...doing, actor, vars });
  operate(run, { ...doing, actor });
  const task = at(run.state.tasks, pick);
  if (task) performOn(run.compiled, run, task, { ...doing, actor, vars });
}

/** Some of three rows, each gone now and then. */
function linesOf(pick: number, value: number): Json {
  const ids = ['a', 'b', 'c'].filter((_, index) => (pick + value) % (index + 2) !== 1);
  return ids.map((id) => ({ id, amount: value }));
}

type Done = Doing & { actor: string; vars: Vars };

function performOnCase(run: Simulation, { act, pick, value, actor, vars }: Done): void {
  if (act === 'wait') run.advance((value + 1) * 1_800_000);
  if (act === 'amend') run.send({ kind: 'amend', actor, vars });
  answer(run, act, pick, value);
  tell(run, { act, value, vars });
  if (act === 'crash') crashOn(run, pick);
  if (act === 'takeBack') takeBack(run, pick);
  if (act === 'retry') retry(run, pick, vars);
  recalendar(run, act, value);
}

function retry(run: Simulation, pick: number, vars: Vars): void {
  const incident = at(run.state.incidents, pick);
  if (incident) run.send({ kind: 'retry', actor: 'operator', incident: incident.id, vars });
}

/** Something comes in from outside, that somebody may wait for. */
function tell(run: Simulation, { act, value, vars }: Pick<Done, 'act' | 'value' | 'vars'>): void {
  if (act === 'message') run.message('paid', value % 3 === 0 ? String(value) : 'k1', { vars });
  if (act === 'signal') run.signal('storm', { vars });
}

/** An administrator changes the calendars, perhaps to what the case knows already. */
function recalendar(run: Simulation, act: Doing['act'], value: number): void {
  if (act !== 'recalendar') return;
  run.send({ kind: 'recalendar', actor: 'admin', calendars: laterCalendars(value), vars: {} });
}

/** What is done to a case as a whole. */
function operate(run: Simulation, done: Omit<Done, 'vars'>): void {
  const { act, actor } = done;
  if (act === 'cancel' || act === 'withdraw') run.send({ kind: act, actor, vars: {} });
  if (act === 'suspend' || act === 'resumeCase') run.send({ kind: act, actor, vars: {} });
  if (act === 'modify') move(run, done);
  if (act === 'skip') skip(run, done);
  if (act === 'migrate') migrate(run, done);
}

/** An incident, or a step that waits. */
function skip(run: Simulation, { pick, value, actor }: Omit<Done, 'vars'>): void {
  const incident = value % 2 === 0 ? (at(run.state.incidents, pick)?.id ?? null) : null;
  const step = incident === null ? (at(run.entries.at(-1)?.case.position ?? [], pick) ?? null) : null;
  const outcome = at(outcomesOn(run, step), value)?.outcome ?? null;
  run.send({ kind: 'skip', actor, vars: {}, step, item: null, incident, outcome });
}

/** Outcomes of a step that lead on. */
function outcomesOn({ compiled }: Simulation, step: string | null): { outcome: string }[] {
  const known = step === null ? undefined : compiled.steps.get(step)?.step;
  return known && isHuman(known) ? outcomesOfStep(known).filter(({ returnTo }) => !returnTo) : [];
}

/** To the next version: the same, one with a step more, or one in which a step is called otherwise. */
function migrate(run: Simulation, { pick, value }: Omit<Done, 'vars'>): void {
  const { flow, ref, steps } = run.compiled;
  const text = JSON.stringify(flow);
  const renamed = at([...steps.keys()], pick) ?? '';
  const later = aUserTask(`n${ref.version + 1}`);
  const changed: Flow[] = [
    flow,
    { ...flow, steps: [...flow.steps, later] },
    { ...flow, steps: [later, ...flow.steps] },
    JSON.parse(text.replaceAll(new RegExp(`\\b${renamed}\\b`, 'gu'), `${renamed}x`)) as Flow,
  ];
  const next = at(changed, value) ?? flow;
  // A step after an end is never reached: nobody may publish that.
  if (check(next, context).length > 0) return;
  const target = compile(load(next, { version: ref.version + 1 }));
  const mapping = target.steps.has(renamed) ? {} : { [renamed]: `${renamed}x` };
  versions.set(target.ref.version, target);
  const refusal = run.migrate(target, { mapping, timers: value % 2 === 0 ? 'keep' : 'reset' });
  if (refusal) versions.delete(target.ref.version);
  // Only what is on its way, or failed, stands against a version that lacks nothing.
  hold(
    refusal === null || PASSING.includes(refusal.params.reason ?? null) || refusal.code !== 'migrate_refused',
    `a version that lacks nothing is refused: ${JSON.stringify(refusal)}`,
  );
}
const PASSING: Json[] = ['in_flight', 'compensating', 'held_back', 'in_handler', 'incident', 'nothing_waits'];
/** Versions of the flow that the running case was on. */
const versions = new Map<number, Compiled>();

/** Takes away what waits, or leaves it, and begins any other step. */
function move(run: Simulation, { pick, value, actor }: Omit<Done, 'vars'>): void {
  const position = run.entries.at(-1)?.case.position ?? [];
  // In the rounds and items that some task is in, where the step is in them too.
  const { item } = (value % 2 === 0 ? at(run.state.tasks, pick) : undefined) ?? { item: null };
  const places = (list: readonly (string | undefined)[]) =>
    list.flatMap((step) => (step === undefined ? [] : [{ step, item: roundsOf(run.compiled, step, item) }]));
  const cancel = places(value % 3 === 0 ? position : [at(position, pick)]);
  const start = places(value % 5 === 0 ? [] : [at([...run.compiled.steps.keys()], pick + value)]);
  run.send({ kind: 'modify', actor, vars: {}, cancel, start, compensate: value % 2 === 0 });
}

/** Somebody takes back something that was decided, perhaps long ago. */
function takeBack(run: Simulation, pick: number): void {
  const closed = run.entries.flatMap((entry) => entry.closed).filter(({ state }) => state === 'done');
  const decided = at(closed.slice(-3), pick);
  if (decided) run.send({ kind: 'takeBack', actor: decided.by, decided: decided.task, vars: {} });
}

/** The engine throws on an event that would have come now; the shell makes an incident of it. */
function crashOn(run: Simulation, pick: number): void {
  const effect = at(run.state.effects, pick);
  const explanation = { rule: 'role' as const, inputs: {} };
  const result: Unwaited =
    effect && effect.type !== 'resolve'
      ? resultOf(effect)
      : { type: 'resolved', effect: effect?.id ?? 0, people: { persons: PEOPLE, explanation } };
  const { state, delta } = crash(run.compiled, run.state, effect ? result : { type: 'timer' }, run.now);
  run.state = state;
  if (delta) run.entries.push(delta);
}

function resultOf(effect: State['effects'][number]): Unwaited {
  const { id } = effect;
  const over = { status: 'completed' as const, outcome: 'completed', error: null };
  if (effect.type === 'call' && effect.begun) return { type: 'childEnded', effect: id, ...over, vars: {}, patch: null };
  return { type: 'activityDone', effect: id, vars: {}, patch: null };
}

function performOn(compiled: Compiled, run: Simulation, task: Task, { act, value, actor, vars }: Done): void {
  const aimed = { task: task.id, assignment: task.assignment, actor };
  const known = compiled.steps.get(task.step)!.step;
  const outcome = at(isHuman(known) ? outcomesOfStep(known) : [], value)!.outcome;
  const choices = chosen(choicesOf(compiled, task.step), value);
  if (act === 'complete') run.send({ kind: 'complete', ...aimed, outcome, vars, choices });
  if (act === 'transfer') run.send({ kind: 'transfer', ...aimed, to: actor, vars: {} });
  performOnClock(run, aimed, { act, value });
  performOnHolders(run, task, { act, value, actor });
  if (act === 'stale') {
    expect(run.send({ kind: 'complete', ...aimed, assignment: 999, outcome, vars })).toMatchObject({
      code: run.state.suspended ? 'case_suspended' : 'assignment_changed',
    });
  }
  sendBack(run, task, { act, value, actor });
}

/** To any place that the dialog offers. */
function sendBack(run: Simulation, task: Task, { act, value, actor }: Pick<Done, 'act' | 'value' | 'actor'>): void {
  const aimed = { task: task.id, assignment: task.assignment, actor };
  const places = returnPlaces(run.compiled, run.state, task);
  const to = at(places, value);
  const mode = act === 'detour' ? 'straightBack' : 'redo';
  if (to === undefined || (act !== 'return' && act !== 'detour')) return;
  const beside = places.filter((place) => mayReturnTogether(run.compiled, to, place)).flatMap(({ item }) => item ?? []);
  const several = mode === 'redo' && value % 2 === 0 && to.item !== null ? { items: [to.item, ...beside] } : {};
  const refusal = run.send({ kind: 'return', ...aimed, to: to.step, item: to.item, ...several, mode, vars: {} });
  expect(refusal?.code).not.toBe('return_target_invalid');
}

/** Some people for some of what is asked. */
function chosen(asked: Choice[], value: number): Choices {
  const some = asked.filter((_, index) => (index + value) % 3 !== 0);
  return Object.fromEntries(some.map(({ step, most }) => [step, PEOPLE.slice(value % 2, (value % 2) + most)]));
}

type Aimed = Pick<Extract<Command, { kind: 'resume' }>, 'task' | 'assignment' | 'actor'>;

function performOnClock(run: Simulation, aimed: Aimed, { act, value }: Pick<Done, 'act' | 'value'>): void {
  if (act === 'pause') run.send({ kind: 'pause', ...aimed, until: run.now + value * 3_600_000, vars: {} });
  if (act === 'resume') run.send({ kind: 'resume', ...aimed, vars: {} });
}

function performOnHolders(
  run: Simulation,
  task: Task,
  { act, value, actor }: Pick<Done, 'act' | 'value' | 'actor'>,
): void {
  const aimed = { task: task.id, assignment: task.assignment, actor, vars: {} };
  if (act === 'delegate') run.send({ kind: 'delegate', ...aimed, to: actor });
  const persons = SIGNERS.slice(value % 3);
  if (act === 'addSigners')
    run.send({ kind: 'addSigners', ...aimed, persons, where: value % 2 === 0 ? 'before' : 'after' });
  const added = removableOf(run.state, task);
  if (act === 'removeSigners') run.send({ kind: 'removeSigners', ...aimed, persons: added.slice(value % 2) });
}
const SIGNERS = ['q1', 'q2', 'q3'];

function answer(run: Simulation, act: Done['act'], pick: number, value: number): void {
  const effect = at(run.state.effects, pick);
  if (effect?.type === 'call' && effect.begun) {
    answerCalled(run, act, { effect: effect.id, value });
    return;
  }
  if (!effect || !['answer', 'fail', 'refuse'].includes(act)) return;
  if (act !== 'answer') {
    const business = act === 'refuse' ? { business: true as const } : {};
    const error = { code: 'broken', message: 'broken', ...business };
    run.consume({ type: 'activityFailed', effect: effect.id, error });
  } else if (effect.type !== 'resolve') {
    run.consume({ type: 'activityDone', effect: effect.id, vars: { amount: value }, patch: null });
  } else {
    const explanation = { rule: effect.assign.rule, inputs: {} };
    run.consume({ type: 'resolved', effect: effect.id, people: { persons: PEOPLE.slice(value % 4), explanation } });
  }
}

/** What becomes of a case that has begun; now and then something is escalated in it. */
function answerCalled(run: Simulation, act: Done['act'], { effect, value }: { effect: number; value: number }): void {
  if (act === 'fail') run.childEnded(effect, { outcome: 'cancelled', cancelled: true });
  if (act === 'refuse') run.childEnded(effect, { outcome: 'broken', error: 'broken' });
  if (act !== 'answer') return;
  if (value % 4 === 0) run.consume({ type: 'childEscalated', effect, id: `e${String(value)}`, code: 'help' });
  else run.childEnded(effect, { outcome: 'completed', vars: { amount: value } });
}

/** What must hold after every event; `expect` would take most of the time of so many runs. */
function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function holdInvariants(compiled: Compiled, state: State): void {
  holdEnd(state);
  holdFrames(state);
  for (const task of state.tasks) {
    holdClock(state, task);
    holdBarred(compiled, state, task);
    holdDue(compiled, state, task);
  }
  holdJoins(compiled, state);
  holdItems(state);
  holdSeats(state);
  holdScopes(compiled, state);
}

/** A running case waits for something, a closed one for nothing. */
function holdEnd(state: State): void {
  const { status, root, tasks, incidents, effects, timers, waits, undoing, undoable, ending, suspended } = state;
  if (status === 'running' && ending) {
    hold(root === null && tasks.length + timers.length + waits.length === 0, 'a case that ends goes on');
    hold(undoing.length + effects.length > 0, 'a case that ends waits for nothing');
    return;
  }
  if (status === 'cancelled') hold(undoable.length === 0, 'a cancelled case leaves something that could be undone');
  if (suspended) {
    hold(status === 'running' && timers.length === 0, 'a suspended case has a clock that runs');
    return;
  }
  const inFlight = effects.filter(({ frame }) => frame !== null).length;
  const open = tasks.length + incidents.length + inFlight + timers.length + waits.length;
  if (status === 'running') hold(open > 0, 'a step is stuck');
  else hold(open === 0 && root === null && ending === null, 'a closed case leaves something open');
}

/** What is open belongs to a frame, and every innermost frame waits for something. */
function holdFrames(state: State): void {
  const frames = new Set(rootsOf(state).flatMap((root) => [...framesUnder(root)].map(({ id }) => id)));
  const timers = allTimers(state);
  const open = [...state.tasks, ...timers, ...state.incidents, ...state.effects, ...state.waits];
  for (const frame of [...open.map((each) => each.frame), ...heldFrames(state)])
    hold(frame === null || frames.has(frame), 'something open belongs to no frame');
  for (const { task } of timers)
    hold(task === null || state.tasks.some(({ id }) => id === task), 'a timer of a closed task');
  const ofSteps = open.filter((each) => !isOfHandler(each)).map(({ frame }) => frame);
  const waiting = new Set([...ofSteps, ...unopened(state)]);
  for (const leaf of leaves(state)) hold(waiting.has(leaf), 'a leaf waits for nothing');
}

/** Nobody holds what they may never handle, or gets it back. */
function holdBarred(compiled: Compiled, state: State, task: Task): void {
  const never = neverOf(compiled, state, task);
  for (const holder of [task, task.owner])
    hold(!never.includes(holder?.assignee ?? ''), 'somebody holds what they never handle');
  hold(never.join() === task.never.join(), 'a task knows who may not hold it');
}

/** Frames that wait for compensations, or for a suspended case to go on. */
function unopened(state: State): number[] {
  return [...heldFrames(state), ...state.undoing.flatMap(({ opens }) => opens)];
}

/** A handler on a step keeps nothing going: what waits for it alone is not what the step waits for. */
function isOfHandler(open: object): boolean {
  if ('part' in open) return typeof open.part === 'string' && isHandlerKey(open.part);
  const inner = 'what' in open ? open.what : 'resume' in open ? open.resume : null;
  return typeof inner === 'object' && inner !== null && isOfHandler(inner);
}

/** A scope that is not at its end is at one step; branches beside hang on scopes alone. */
function holdScopes(compiled: Compiled, state: State): void {
  const held = heldFrames(state);
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const beside = frame.children.filter(isBeside);
    if (frame.branch === null) hold(beside.length === 0, 'a branch beside hangs on a step');
    if (frame.branch === null || isInterrupted(frame) || held.includes(frame.id)) continue;
    const isAtEnd = frame.at >= sequenceOf(compiled, frame.step, frame.branch).length;
    hold(frame.children.length - beside.length === (isAtEnd ? 0 : 1), 'a scope is at no step, or at two');
  }
}

/** A seat whose voice is still out waits for somebody: a task, or a detour. Nobody is asked in a seat that is decided. */
function holdSeats({ root, tasks }: State): void {
  for (const frame of root ? framesUnder(root) : []) {
    for (const seat of frame.seats) {
      const isAsked = tasks.some(({ id }) => id === seat.task);
      const isAway = frame.children.some(({ detour }) => detour?.task === seat.task);
      hold((isAsked || isAway) === (seat.verdict === null), 'a voice that is out is waited for, and no other');
    }
  }
}

/** Every branch of a running parallel is at work or over, none twice. */
function holdJoins(compiled: Compiled, state: State): void {
  const waiting = unopened(state);
  for (const frame of state.root ? framesUnder(state.root) : []) {
    const step = stepOf(compiled, frame);
    if (step?.kind !== 'parallel' || waiting.includes(frame.id) || isInterrupted(frame)) continue;
    const branches = [...frame.children.map(({ branch }) => branch), ...frame.arrived, ...(frame.lost ?? [])];
    const isWhole = branches.length === step.branches.length && new Set(branches).size === branches.length;
    hold(isWhole, 'a branch of a running parallel is lost or doubled');
  }
}

/** Every item of a running forEach is done, at work, still to come or gone, and none is two of them. */
function holdItems({ root }: State): void {
  for (const { each, children } of root ? framesUnder(root) : []) {
    if (each === null) continue;
    const coming = each.keys.slice(each.next).filter((key) => !each.gone.includes(key));
    hold(each.done + children.length + coming.length === each.total, 'an item of a forEach is lost or doubled');
    hold(new Set(children.map(({ item }) => item)).size === children.length, 'an item is at work twice');
    const counted = Object.values(each.results).reduce((sum, count) => sum + count, 0);
    hold(each.done >= counted, 'more results than items');
  }
}

/** Of a step frame; undefined for a scope. */
function stepOf(compiled: Compiled, { step, branch }: Frame): Step | undefined {
  return step === null || branch !== null ? undefined : compiled.steps.get(step)?.step;
}

/** Due time and timers are those that its clock gives, whatever stopped it and whichever calendars came. */
function holdDue(compiled: Compiled, state: State, task: Task): void {
  if (task.dueAt === null) return;
  const run = newRun(compiled, cloneState(state), { type: 'timer' }, { now: 0 });
  const copy = run.state.tasks.find(({ id }) => id === task.id)!;
  reckonAgain(run, copy);
  hold(copy.dueAt === task.dueAt, 'a due time is not what its clock gives');
  hold(JSON.stringify(run.state.timers) === JSON.stringify(state.timers), 'a timer is not where its due time puts it');
}

/** No end action of a task comes twice, and its time is told without gap or overlap. */
function holdLog(entries: readonly DeltaEntry[]): void {
  const fired = new Set<string>();
  const told = new Map<string, number>();
  for (const { event, spent = [] } of entries) {
    for (const { task, from, to } of spent) {
      hold(from < to && (told.get(task) ?? from) === from, 'a stretch of a task’s time is lost or told twice');
      told.set(task, to);
    }
    // A retry may start its clock anew.
    if (['incident_retried', 'case_migrated'].includes(event.type)) fired.clear();
    if (event.type !== 'timer_fired' || event.task === null || event.data.timer !== 'due') continue;
    const what = `${event.task} ${JSON.stringify(event.data.action)}`;
    hold(!fired.has(what), 'an end action comes twice');
    fired.add(what);
  }
}

/** A case that is waited for is waited for still, or is over, or failed to start, or is given up: once. */
function holdCalls({ entries, state }: Simulation): void {
  const started = entries.flatMap(({ effects }) => effects).flatMap((each) => (isWaited(each) ? [each.id] : []));
  const given = entries.flatMap(({ cancels = [] }) => cancels);
  // What the engine failed on waits for a retry, as an incident; whoever calls sends no other end.
  const ended = entries.flatMap(({ consumed }) => (consumed.type === 'childEnded' ? [consumed.effect] : []));
  const untold = state.incidents.flatMap(({ resume }) => (resume.do === 'event' ? [resume.effect.id] : []));
  hold(new Set(given).size === given.length, 'a case is given up twice');
  hold(new Set(ended).size === ended.length, 'the end of a case is taken twice');
  for (const id of started) {
    const isKnown = [...given, ...ended, ...untold].includes(id) || state.effects.some((each) => each.id === id);
    hold(isKnown, 'a case is neither waited for, nor over, nor given up');
  }
}

function isWaited(effect: DeltaEntry['effects'][number]): boolean {
  return effect.type === 'call' && effect.waits;
}

/** A task that stands goes on by itself, unless that failed and waits for a retry; nothing else of it runs. What it offers is something. */
function holdClock(state: State, task: Task): void {
  const timers = allTimers(state).filter((timer) => timer.task === task.id);
  const failed = state.incidents.flatMap(({ resume }) => (resume.do === 'timer' ? [resume.timer] : []));
  const ends = [...timers, ...failed].filter((timer) => timer.task === task.id && timer.what.kind === 'resume');
  hold(ends.length === (task.paused ? 1 : 0), 'a paused task has one end, another none');
  if (task.paused)
    hold(
      timers.every(({ what }) => what.kind === 'resume'),
      'a clock of a paused task runs',
    );
  if (task.outcomes) hold(task.outcomes.length > 0, 'a task offers nothing');
}

function leaves(state: State): number[] {
  return rootsOf(state)
    .flatMap((root) => [...framesUnder(root)])
    .filter(({ children }) => children.length === 0)
    .map(({ id }) => id);
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
