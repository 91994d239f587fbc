/** What each command does to a case, once `refuse` has let it pass. */
import { mergeVars } from './conditions.ts';
import { performReturn } from './return.ts';
import { endCase, finishTask, humanStep, newFrame, reassign, type Run } from './run.ts';
import { findFrame, type Task } from './state.ts';
import { decideTask } from './steps/index.ts';
import { outcomesOfStep, ROOT } from './tree.ts';
import type { Command, CompleteCommand, Json, LogEvent, LogType, PersonId, StartCommand } from './types.ts';
import { must, unreachable } from './unreachable.ts';

/** Applies an accepted command and says what the log keeps of it. A retry is not here: it consumes other events again. */
export function applyCommand(run: Run, command: Exclude<Command, { kind: 'retry' }>): void {
  mergeVars(run, command.vars);
  switch (command.kind) {
    case 'start':
      applyStart(run, command);
      return;
    case 'complete':
      applyComplete(run, command);
      return;
    case 'return': {
      const task = taskOf(run, command.task);
      const { to, mode, actor: by } = command;
      writeLog(run, 'task_returned', { task, data: { to, mode } });
      performReturn(run, { task, to, mode, by, outcome: 'returned' });
      return;
    }
    case 'transfer': {
      const task = taskOf(run, command.task);
      writeLog(run, 'task_transferred', { task, data: { from: task.assignee, pool: task.pool, to: command.to } });
      const explanation = { ...task.explanation, policy: 'transferred' };
      reassign(run, task, { assignee: command.to, pool: null, explanation });
      return;
    }
    case 'withdraw':
      writeLog(run, 'case_withdrawn', {});
      endCase(run, 'cancelled', 'withdrawn');
      return;
    case 'cancel':
      writeLog(run, 'case_cancelled', {});
      endCase(run, 'cancelled', 'cancelled');
      return;
    case 'amend':
      writeLog(run, 'record_amended', {});
      return;
    default:
      unreachable(command);
  }
}

function applyStart(run: Run, command: StartCommand): void {
  const { state } = run;
  state.status = 'running';
  state.flowVersion = command.flowVersion;
  state.community = command.community;
  state.initiator = command.initiator;
  state.zone = command.zone;
  state.root = newFrame(run, { step: null, branch: ROOT });
  writeLog(run, 'case_started', { data: { initiator: command.initiator, community: command.community } });
  run.agenda.push({ do: 'enter', scope: state.root.id });
}

function applyComplete(run: Run, command: CompleteCommand): void {
  decide(run, taskOf(run, command.task), command.outcome, command.actor);
}

/** Decides a task, for a person or for its due action; an outcome may send the case back instead of on. */
export function decide(run: Run, task: Task, outcome: string, by: PersonId | null): void {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  const chosen = outcomesOfStep(humanStep(run, task.step)).find((one) => one.outcome === outcome);
  const back = chosen?.returnTo;
  if (back) {
    const mode = back.mode ?? 'redo';
    writeLog(run, 'task_returned', { task, data: { outcome, to: back.step, mode } });
    performReturn(run, { task, to: back.step, mode, by, outcome });
    return;
  }
  writeLog(run, 'task_completed', { task, data: { outcome } });
  finishTask(run, task, outcome, by);
  decideTask(run, frame, { task: task.id, by, outcome });
}

function taskOf(run: Run, id: string): Task {
  return must(
    run.state.tasks.find((task) => task.id === id),
    `task ${id}`,
  );
}

/** What a line of the log is about. */
export interface About {
  task?: Task;
  step?: string | null;
  data?: Record<string, Json>;
}

/** The log's line of this event; the first writer wins, so that what a retry or a due action causes does not hide its cause. */
export function writeLog(run: Run, type: LogType, { task, step = null, data = {} }: About): void {
  run.log ??= { type, step: task ? task.step : step, task: task ? task.id : null, ...originOf(run), data };
}

function originOf({ event }: Run): Pick<LogEvent, 'actor' | 'command'> {
  if (event.type !== 'command') return { actor: null, command: null };
  return { actor: event.command.actor, command: event.command.id };
}
