/** What each event does to a case. False: nothing waits for it, so it leaves no trace and takes no rev. */
import { noteCompany } from './alone.ts';
import { takeEnded, takeEscalated, takeStarted } from './children.ts';
import { applyCommand } from './commands.ts';
import { itemData, writeLog } from './log.ts';
import { noteUndoable } from './compensation.ts';
import { mergeVars } from './conditions.ts';
import { placeKey } from './items.ts';
import { hear } from './happen.ts';
import { applyPolicies, previousHandler, resumeOf, type Holders } from './people.ts';
import { hasRoomFor } from './room.ts';
import { endIfUndone, openIncident, type Run } from './run.ts';
import { findFrame, type Frame, type InFlight, type OpenIncident, type PeoplePurpose } from './state.ts';
import { finishEffect } from './finish-effect.ts';
import { givePeople } from './steps/index.ts';
import { putTimer } from './clocks.ts';
import { offerAgain, startClockAgain } from './tasks.ts';
import { fireTimer, handOver, transferOverdue } from './timers.ts';
import { resumeCase } from './suspend.ts';
import type { ActivityError, Command, EngineEvent, ResolvedPeople, RetryCommand } from './types.ts';
import { must, unreachable } from './unreachable.ts';
import { arm } from './waits.ts';

export function consume(run: Run, event: EngineEvent): boolean {
  noteCompany(run, event);
  switch (event.type) {
    case 'command':
      applyOne(run, event.command);
      return true;
    case 'timer':
      return fireTimer(run);
    case 'resolved':
      return takePeople(run, event);
    case 'activityDone':
    case 'activityFailed':
      return takeResult(run, event);
    case 'message':
    case 'signal':
      return hear(run, event);
    case 'childEnded':
      return takeEnded(run, event);
    case 'childEscalated':
      return takeEscalated(run, event);
    default:
      return unreachable(event);
  }
}

/** These take up again what was left: other events are consumed with them. */
function applyOne(run: Run, command: Command): void {
  if (command.kind === 'retry') applyRetry(run, command);
  else if (command.kind === 'resumeCase') {
    writeLog(run, 'case_resumed', {});
    for (const { event, effect } of resumeCase(run)) {
      run.state.effects.push(effect);
      consume(run, event);
    }
  } else applyCommand(run, command);
}

// ------------------------------------------------------------------------------------------------ effects

type Result = Extract<EngineEvent, { effect: number }>;

/** Takes an effect out of the state; undefined when nothing waits for it any more (rule 17). */
function takeEffect(run: Run, id: number): InFlight | undefined {
  const found = run.state.effects.find((effect) => effect.id === id);
  if (found) run.state.effects = run.state.effects.filter((effect) => effect !== found);
  return found;
}

function takePeople(run: Run, event: Extract<Result, { type: 'resolved' }>): boolean {
  const effect = takeEffect(run, event.effect);
  if (effect?.type !== 'resolve') return false;
  const found = findFrame(run.state, effect.frame);
  if (!found) return false;
  run.state.suspended?.answers.push({ event, effect });
  writeLog(run, 'people_resolved', {
    step: effect.step,
    data: { effect: effect.id, rule: effect.assign.rule, persons: event.people.persons },
  });
  if (run.state.suspended) return true;
  const people = isWorkBack(run, found.frame, effect) ? withPolicy(event.people, 'returned') : event.people;
  const holders = applyPolicies(run, { step: effect.step, item: found.frame.item }, effect.people, people);
  givePeopleFor(run, found.frame, effect.purpose, holders);
  return true;
}

/** Whether returned work was on its way to whoever did it before. */
function isWorkBack(run: Run, frame: Frame, { given, purpose }: Extract<InFlight, { type: 'resolve' }>): boolean {
  return purpose.for === 'step' && given?.length === 1 && given[0] === previousHandler(run, frame);
}

function withPolicy({ persons, explanation }: ResolvedPeople, policy: string): ResolvedPeople {
  return { persons, explanation: { ...explanation, policy } };
}

function givePeopleFor(run: Run, frame: Frame, purpose: PeoplePurpose, holders: Holders): void {
  if (purpose.for === 'step') {
    givePeople(run, frame, holders);
    return;
  }
  const task = run.state.tasks.find(({ id }) => id === purpose.task);
  if (task) handOver(run, frame, task, { holders, index: purpose.action });
}

type ActivityResult = Extract<Result, { type: 'activityDone' | 'activityFailed' }>;

function takeResult(run: Run, event: ActivityResult): boolean {
  const effect = takeEffect(run, event.effect);
  if (!effect) return false;
  const frame = effect.frame === null ? undefined : findFrame(run.state, effect.frame)?.frame;
  if (effect.type === 'call') takeStarted(run, effect, frame, event);
  else if (effect.type !== 'resolve') takeActivity(run, effect, frame, event);
  else if (frame && event.type === 'activityFailed') stopUnresolved(run, effect, frame, event.error.code);
  else return false;
  return true;
}

/** The people could not be looked up: the step waits until somebody retries it. */
function stopUnresolved(run: Run, effect: Extract<InFlight, { type: 'resolve' }>, frame: Frame, error: string): void {
  const { id, step, assign, purpose } = effect;
  writeLog(run, 'activity_failed', { step, data: { effect: id, error } });
  openIncident(run, frame, {
    code: 'people_unresolved',
    detail: { rule: assign.rule, error },
    resume: resumeOf(purpose),
  });
}

type Activity = Exclude<InFlight, { type: 'resolve' | 'call' }>;

function takeActivity(run: Run, effect: Activity, frame: Frame | undefined, event: ActivityResult): void {
  const { id, step } = effect;
  const activity = effect.type === 'send' ? `${effect.kind}.send` : effect.activity;
  const undoes = effect.type === 'send' ? null : effect.undoes;
  const isUndoing = undoes === null ? {} : { undoes };
  const data = { effect: id, activity, ...itemData(run, effect), ...isUndoing, ...(frame ? {} : { late: true }) };
  const [done, failed] = undoes === null ? OWN : COMPENSATION;
  if (event.type === 'activityFailed') writeLog(run, failed, { step, data: { ...data, error: event.error.code } });
  else writeLog(run, done, { step, data });
  if (event.type === 'activityDone' && undoes === null) takeDone(run, effect, frame, event);
  if (frame) finishEffect(run, id, frame, errorOf(run, event));
  else endIfUndone(run);
}

/** Null: it is done, and the case has room for what it answered. */
function errorOf({ compiled, state }: Run, event: ActivityResult): ActivityError | null {
  if (event.type === 'activityFailed') return event.error;
  if (hasRoomFor(compiled, state.vars, event.vars)) return null;
  return { code: 'values_too_large', message: 'values_too_large' };
}
const OWN = ['activity_done', 'activity_failed'] as const;
const COMPENSATION = ['step_compensated', 'compensation_failed'] as const;

/** Late, the case went on without it: its result is only logged, and undone (rule 22). */
function takeDone(
  run: Run,
  { id, step, item }: Activity,
  frame: Frame | undefined,
  { vars, patch }: Extract<ActivityResult, { type: 'activityDone' }>,
): void {
  noteUndoable(run, { effect: id, step, item }, frame === undefined);
  // Without its answer the step is not done: a retry calls it again.
  if (frame && !hasRoomFor(run.compiled, run.state.vars, vars)) return;
  // Also late: it has run, and `again: skip` means what it says.
  const key = placeKey(run.compiled, { step, item });
  if (!run.state.ran.includes(key)) run.state.ran.push(key);
  if (!frame) return;
  mergeVars(run, vars);
  run.patchEffect = patch === null ? null : id;
}

// ------------------------------------------------------------------------------------------------ retry

function applyRetry(run: Run, command: RetryCommand): void {
  const { state } = run;
  const incident = must(
    state.incidents.find(({ id }) => id === command.incident),
    'incident',
  );
  mergeVars(run, command.vars);
  writeLog(run, 'incident_retried', { step: incident.step, data: { incident: incident.id } });
  state.incidents = state.incidents.filter((open) => open !== incident);
  goOn(run, incident);
}

function goOn(run: Run, { resume, frame }: OpenIncident): void {
  const { state } = run;
  switch (resume.do) {
    case 'open':
      run.agenda.push({ do: 'open', frame });
      return;
    case 'transfer':
    case 'offer':
    case 'due':
      goOnWithTask(run, resume);
      return;
    case 'timer':
      putTimer(run, resume.timer);
      return;
    case 'arm':
      arm(run, must(findFrame(run.state, frame), 'frame of incident').frame, resume.part);
      return;
    case 'event':
      state.effects.push(resume.effect);
      consume(run, resume.event);
      return;
    default:
      unreachable(resume);
  }
}

function goOnWithTask(run: Run, resume: Extract<OpenIncident['resume'], { task: string }>): void {
  const task = run.state.tasks.find(({ id }) => id === resume.task);
  const found = task && findFrame(run.state, task.frame);
  if (!found) return;
  if (resume.do === 'transfer') transferOverdue(run, task, resume.action);
  else if (resume.do === 'offer') offerAgain(run, found.frame, task);
  else startClockAgain(run, found.frame, task);
}
