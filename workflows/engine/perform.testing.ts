/** Does random doings to a case, as people, operators, time and the world would. */
import { PEOPLE } from './arbitraries.ts';
import type { Doing } from './arbitrary-doings.ts';
import { laterCalendars } from './calendar/testing.ts';
import { check, type CheckContext } from './check.ts';
import { choicesOf, type Choice } from './choices.ts';
import { compile, type Compiled } from './compile.ts';
import { crash, type Unwaited } from './crash.ts';
import type { Flow } from './flow.gen.ts';
import { hold } from './invariants.testing.ts';
import { roundsOf } from './items.ts';
import { mayReturnTogether, returnPlaces } from './return.ts';
import { removableOf } from './signers.ts';
import type { Simulation } from './simulate.ts';
import type { State, Task } from './state.ts';
import { aUserTask, load } from './testing.ts';
import { isHuman, outcomesOfStep } from './tree.ts';
import type { Choices, Command, Json, Vars } from './types.ts';
import { must } from './unreachable.ts';

/** What random flows know. */
export const context: CheckContext = {
  fields: {
    amount: { type: 'number' },
    helper: { type: 'person' },
    lines: { type: 'table', columns: { amount: { type: 'number' } } },
  },
  roles: ['staff', 'manager'],
  calendars: ['office', 'lost'],
  activities: { notify: { input: {}, output: {} } },
};

function at<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

export function perform(run: Simulation, doing: Doing): void {
  const { pick, value } = doing;
  const actor = PEOPLE[value % PEOPLE.length] ?? 'p1';
  const vars = { amount: value, helper: value % 4 === 0 ? null : actor, lines: linesOf(pick, value) };
  performOnCase(run, { ...doing, actor, vars });
  operate(run, { ...doing, actor });
  const task = at(run.state.tasks, pick);
  if (task) performOn(run.compiled, run, task, { ...doing, actor, vars });
}

/** Some of three rows, each gone now and then. */
export function linesOf(pick: number, value: number): Json {
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
export const versions = new Map<number, Compiled>();

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
  const known = must(compiled.steps.get(task.step), 'step of task').step;
  const outcome = must(at(isHuman(known) ? outcomesOfStep(known) : [], value), 'outcome of step').outcome;
  const choices = chosen(choicesOf(compiled, task.step), value);
  if (act === 'complete') run.send({ kind: 'complete', ...aimed, outcome, vars, choices });
  if (act === 'transfer') run.send({ kind: 'transfer', ...aimed, to: actor, vars: {} });
  performOnClock(run, aimed, { act, value });
  performOnHolders(run, task, { act, value, actor });
  if (act === 'stale') {
    const refusal = run.send({ kind: 'complete', ...aimed, assignment: 999, outcome, vars });
    const expected = run.state.suspended ? 'case_suspended' : 'assignment_changed';
    hold(refusal?.code === expected, `an act on what a task was is answered ${JSON.stringify(refusal)}`);
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
  hold(refusal?.code !== 'return_target_invalid', 'a place that is offered is none to return to');
}

/** Some people for some of what is asked. */
export function chosen(asked: Choice[], value: number): Choices {
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
