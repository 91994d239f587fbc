/** What each command does to a case, once `refuse` has let it pass. */
import { applyCalendars } from './calendars.ts';
import { mergeVars } from './conditions.ts';
import { cancelCase } from './handlers.ts';
import { writeLog } from './log.ts';
import { migrate } from './migrate.ts';
import { modify } from './modify.ts';
import { performReturn } from './return.ts';
import { finishTask, humanStep, newFrame, type Run } from './run.ts';
import { findFrame, isTaskCommand, type Task } from './state.ts';
import { decideTask } from './steps/index.ts';
import { addSigners, giveBack, ownerOf, removeSigners } from './signers.ts';
import { skip } from './skip.ts';
import { letGo, suspendCase } from './suspend.ts';
import { pauseTask, reassign, resumeTask } from './tasks.ts';
import { takeBack, undoOf } from './take-back.ts';
import { countDecision } from './trail.ts';
import { outcomesOfStep, ROOT } from './tree.ts';
import type { Command, Explanation, PersonId, Refusal, StartCommand, TaskId } from './types.ts';
import { must, unreachable } from './unreachable.ts';
import { armHandlers } from './waits.ts';

type CaseCommand = Exclude<Command, { kind: 'retry' | 'resumeCase' } | { task: TaskId }>;
/** Works on a copy first: whether it is possible depends on all of it together. */
type MoveCommand = Extract<CaseCommand, { kind: 'modify' | 'migrate' }>;
type TaskCommand = Extract<Command, { task: TaskId }>;

/** Applies an accepted command and says what the log keeps of it. A retry is not here: it consumes other events again. */
export function applyCommand(run: Run, command: CaseCommand | TaskCommand): void {
  // Those of a migration are of the version it moves to.
  if (command.kind !== 'migrate') mergeVars(run, command.vars);
  if (isTaskCommand(command)) applyToTask(run, taskOf(run, command.task), command);
  else if (command.kind === 'modify' || command.kind === 'migrate') applyMove(run, command);
  else applyToCase(run, command);
}

function applyToCase(run: Run, command: Exclude<CaseCommand, MoveCommand>): void {
  switch (command.kind) {
    case 'start':
      applyStart(run, command);
      return;
    case 'withdraw':
      writeLog(run, 'case_withdrawn', {});
      cancelCase(run, 'withdrawn');
      return;
    case 'cancel':
      writeLog(run, 'case_cancelled', {});
      letGo(run);
      cancelCase(run, 'cancelled');
      return;
    case 'suspend':
      writeLog(run, 'case_suspended', {});
      suspendCase(run);
      return;
    case 'skip':
      skip(run, command);
      return;
    case 'amend':
      writeLog(run, 'record_amended', {});
      return;
    case 'takeBack':
      applyTakeBack(run, command);
      return;
    case 'recalendar':
      writeLog(run, 'calendar_changed', { data: applyCalendars(run, command) });
      return;
    default:
      unreachable(command);
  }
}

function applyToTask(run: Run, task: Task, command: TaskCommand): void {
  switch (command.kind) {
    case 'delegate':
    case 'transfer':
    case 'addSigners':
    case 'removeSigners':
      applyToHolders(run, task, command);
      return;
    case 'complete':
      Object.assign(run.state.choices, command.choices);
      decide(run, task, command.outcome, command.actor);
      return;
    case 'return':
      applyReturn(run, task, command);
      return;
    case 'pause':
    case 'resume':
      applyToClock(run, task, command);
      return;
    default:
      unreachable(command);
  }
}

function applyReturn(run: Run, task: Task, command: Extract<TaskCommand, { kind: 'return' }>): void {
  const { to, item, items, mode, actor: by } = command;
  const single = typeof item === 'string' ? { item } : {};
  writeLog(run, 'task_returned', { task, data: { to, mode, ...(items ? { items } : single) } });
  performReturn(run, { task, to, item, items, mode, by, outcome: 'returned' });
}

function applyToClock(run: Run, task: Task, command: Extract<TaskCommand, { kind: 'pause' | 'resume' }>): void {
  if (command.kind === 'pause') {
    pauseTask(run, task, command);
    const { until = null, waitingFor = null } = task.paused ?? {};
    writeLog(run, 'task_paused', { task, data: { until, waitingFor } });
  } else {
    writeLog(run, 'task_resumed', { task, data: { since: task.paused?.since ?? null } });
    resumeTask(run, task);
  }
}

type HolderCommand = Extract<TaskCommand, { kind: 'delegate' | 'transfer' | 'addSigners' | 'removeSigners' }>;

/** Acts that change who is asked, and nothing else. */
function applyToHolders(run: Run, task: Task, command: HolderCommand): void {
  const { actor: by } = command;
  switch (command.kind) {
    case 'delegate':
      writeLog(run, 'task_delegated', { task, data: { from: task.assignee, pool: task.pool, to: command.to } });
      task.owner = ownerOf(task, by);
      giveTo(run, task, command.to, { policy: 'delegated', by });
      return;
    case 'transfer':
      writeLog(run, 'task_transferred', { task, data: { from: task.assignee, pool: task.pool, to: command.to } });
      giveTo(run, task, command.to, transferWhy(task, command));
      return;
    case 'addSigners':
      writeLog(run, 'signers_added', { task, data: { persons: command.persons, where: command.where } });
      addSigners(run, task, { persons: command.persons, where: command.where, by });
      return;
    case 'removeSigners':
      writeLog(run, 'signers_removed', { task, data: { persons: command.persons } });
      removeSigners(run, task, { persons: command.persons, by });
      return;
    default:
      unreachable(command);
  }
}

function transferWhy(
  task: Task,
  command: Extract<HolderCommand, { kind: 'transfer' }>,
): Pick<Explanation, 'policy' | 'by' | 'for'> {
  if (command.as === 'substitute' && task.assignee !== null) return { policy: 'substitute', for: task.assignee };
  return { policy: command.as === 'handOver' ? 'handedOver' : 'transferred' };
}

/** Whoever gets it stands in for nobody, unless it comes to them so. */
function giveTo(run: Run, task: Task, to: PersonId, why: Pick<Explanation, 'policy' | 'by' | 'for'>): void {
  const { for: _before, ...explanation } = task.explanation;
  reassign(run, task, { assignee: to, pool: null, explanation: { ...explanation, ...why } });
}

/** What `refuse` let through is tried again on the case itself. */
function applyMove(run: Run, command: MoveCommand): void {
  const refusal = command.kind === 'modify' ? applyModify(run, command) : applyMigrate(run, command);
  if (refusal) throw new Error(`${command.kind}: ${JSON.stringify(refusal.params)}`);
}

function applyModify(run: Run, command: Extract<CaseCommand, { kind: 'modify' }>): Refusal | null {
  const [cancelled, started] = [command.cancel, command.start].map((places) => places.map(({ step }) => step));
  writeLog(run, 'case_modified', { data: { cancelled: cancelled ?? [], started: started ?? [] } });
  return modify(run, command);
}

function applyMigrate(run: Run, command: Extract<CaseCommand, { kind: 'migrate' }>): Refusal | null {
  const { to, mapping, timers } = command;
  const target = must(run.target, 'version to migrate to');
  writeLog(run, 'case_migrated', { data: { from: run.state.flowVersion, to: to.version, mapping, timers } });
  return migrate(run, command, target);
}

function applyTakeBack(run: Run, { decided, actor: by }: Extract<CaseCommand, { kind: 'takeBack' }>): void {
  const undo = must(undoOf(run.compiled, run.state, { task: decided, by }), 'decision to take back');
  const step = 'seat' in undo ? undo.frame.step : undo.entry.step;
  writeLog(run, 'task_taken_back', { step, data: { decided } });
  takeBack(run, undo);
}

function applyStart(run: Run, command: StartCommand): void {
  const { state } = run;
  state.status = 'running';
  state.flowVersion = command.flowVersion;
  state.community = command.community;
  state.initiator = command.initiator;
  state.zone = command.zone;
  state.choices = { ...command.choices };
  state.confirmsPeople = command.confirmsPeople === true;
  state.calendars = command.calendars ?? {};
  if (command.called) state.called = true;
  state.root = newFrame(run, { step: null, branch: ROOT });
  armHandlers(run, state.root);
  writeLog(run, 'case_started', { data: { initiator: command.initiator, community: command.community } });
  run.agenda.push({ do: 'enter', scope: state.root.id });
}

/** Decides a task, for a person or for its due action; an outcome may send the case back instead of on. */
export function decide(run: Run, task: Task, outcome: string, by: PersonId | null): void {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  const chosen = outcomesOfStep(humanStep(run, task.step)).find((one) => one.outcome === outcome);
  const back = chosen?.returnTo;
  if (back) {
    const mode = back.mode ?? 'redo';
    writeLog(run, 'task_returned', { task, data: { outcome, to: back.step, mode } });
    countDecision(run, task.step);
    performReturn(run, { task, to: back.step, mode, by, outcome });
    return;
  }
  if (task.owner !== null && by !== null) {
    writeLog(run, 'task_resolved', { task, data: { outcome, to: task.owner.assignee } });
    finishTask(run, task, outcome, by);
    giveBack(run, task, task.owner);
    return;
  }
  writeLog(run, 'task_completed', { task, data: { outcome } });
  finishTask(run, task, outcome, by);
  const { assignee, pool, explanation } = task;
  const holder =
    assignee === null && by !== null ? { assignee: by, pool: null, explanation } : { assignee, pool, explanation };
  decideTask(run, frame, { task: task.id, by, outcome, holder });
}

function taskOf(run: Run, id: string): Task {
  return must(
    run.state.tasks.find((task) => task.id === id),
    `task ${id}`,
  );
}
