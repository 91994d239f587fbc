/** What each timer of a task does when it fires, and how end actions hand a task over. */
import type { Reckoner } from './calendar/reckoner.ts';
import { decide } from './commands.ts';
import { atDue, dueTimer, endActions, escalation, nextReminder, overdue, reminder } from './due.ts';
import type { Due, DueAction } from './flow.gen.ts';
import { happen } from './happen.ts';
import { writeLog } from './log.ts';
import { askPeople, type Holders } from './people.ts';
import { performReturn } from './return.ts';
import { humanStep, nextId, openIncident, type Run } from './run.ts';
import { findFrame, type Frame, type Task, type Timer } from './state.ts';
import { putTimer } from './clocks.ts';
import { reckonerFor } from './reckoners.ts';
import { reassign, resumeTask } from './tasks.ts';
import { must, unreachable } from './unreachable.ts';
import { armAgain } from './waits.ts';

/** Fires the one timer that is due first; false: none is. */
export function fireTimer(run: Run): boolean {
  const { state } = run;
  const timer = dueTimer(state.timers, run.now);
  if (!timer) return false;
  state.timers = state.timers.filter(({ id }) => id !== timer.id);
  if (timer.task === null) {
    fireOnFrame(run, timer);
    return true;
  }
  const task = must(
    state.tasks.find(({ id }) => id === timer.task),
    'task of timer',
  );
  fire(run, timer, task);
  return true;
}

/** Of no task: a timer step is over, a handler or a branch of a race happens. */
function fireOnFrame(run: Run, timer: Timer): void {
  const { frame } = must(findFrame(run.state, timer.frame), 'frame of timer');
  if (timer.what.kind !== 'catch') {
    writeLog(run, 'timer_fired', { step: frame.step, data: { timer: 'wait' } });
    happen(run, frame, null);
    return;
  }
  const { part } = timer.what;
  writeLog(run, 'timer_fired', { step: frame.step, data: { timer: 'catch', part } });
  armAgain(run, frame, timer);
  happen(run, frame, part);
}

function fire(run: Run, timer: Timer, task: Task): void {
  const { what } = timer;
  const due = humanStep(run, task.step).due ?? {};
  switch (what.kind) {
    case 'remind':
      writeLog(run, 'timer_fired', { task, data: { timer: 'remind', count: what.count + 1 } });
      run.notices.push(reminder(task, task.dueAt ?? timer.at, timer.at));
      addTimer(run, nextReminder(due, timer, { reckoner: reckonerOfTask(run, task), now: run.now }));
      return;
    case 'due':
      endDue(run, due, timer, task);
      return;
    case 'then':
      actLater(run, task, what.index);
      return;
    case 'resume':
      resume(run, task);
      return;
    case 'wait':
    case 'catch':
      // Of no task.
      return;
    default:
      unreachable(what);
  }
}

function resume(run: Run, task: Task): void {
  writeLog(run, 'task_resumed', { task, data: { since: task.paused?.since ?? null } });
  resumeTask(run, task);
}

function reckonerOfTask(run: Run, task: Task): Reckoner {
  return reckonerFor(run, task.clock.by?.calendar ?? null);
}

function addTimer(run: Run, timer: Omit<Timer, 'id'> | null): void {
  if (timer) putTimer(run, { id: nextId(run), ...timer });
}

// ------------------------------------------------------------------------------------------------ end actions

const TELL: DueAction = { do: 'remind' };

/** The due time is over: its first end action; the holders are told unless it takes the task from them. */
function endDue(run: Run, due: Due, timer: Timer, task: Task): void {
  const { first, later } = atDue(due, timer, reckonerOfTask(run, task));
  for (const next of later) addTimer(run, next);
  const action = first === null ? TELL : actionAt(run, task, first);
  writeLog(run, 'timer_fired', { task, data: { timer: 'due', action: action.do } });
  if (action.do === 'escalate') run.notices.push(overdue(task));
  act(run, task, action, first ?? 0);
}

function actLater(run: Run, task: Task, index: number): void {
  const action = actionAt(run, task, index);
  const timer = action.do === 'escalate' ? 'escalate' : 'due';
  writeLog(run, 'timer_fired', { task, data: { timer, action: action.do } });
  act(run, task, action, index);
}

function actionAt(run: Run, task: Task, index: number): DueAction {
  return must(endActions(humanStep(run, task.step).due ?? {})[index], 'end action').action;
}

function act(run: Run, task: Task, action: DueAction, index: number): void {
  switch (action.do) {
    case 'remind':
      run.notices.push(overdue(task));
      return;
    case 'escalate':
      run.notices.push(escalation(task, action.to));
      return;
    case 'transfer':
      transferOverdue(run, task, index);
      return;
    case 'complete':
      decide(run, task, action.outcome, null);
      return;
    case 'return':
      performReturn(run, { task, to: action.step, mode: 'redo', by: null, outcome: 'returned' });
      return;
    default:
      unreachable(action);
  }
}

/** Asks the rule of an end action for people, and hands the task over as soon as they are known. */
export function transferOverdue(run: Run, task: Task, index: number): void {
  const { frame } = must(findFrame(run.state, task.frame), 'frame of task');
  const action = actionAt(run, task, index);
  if (action.do !== 'transfer') return;
  const holders = askPeople(run, frame, action.people, { for: 'transfer', task: task.id, action: index });
  if (holders) handOver(run, frame, task, { holders, index });
}

/** Gives an overdue task to the first of the people found, or does what the flow says when there is nobody. */
export function handOver(run: Run, frame: Frame, task: Task, found: { holders: Holders; index: number }): void {
  const { holders, index } = found;
  if (holders === 'skip') {
    run.notices.push(overdue(task));
    return;
  }
  if (holders === 'incident') {
    const resume = { do: 'transfer' as const, task: task.id, action: index };
    openIncident(run, frame, { code: 'people_empty', detail: { task: task.id }, resume });
    return;
  }
  reassign(run, task, must(holders[0], 'holder'));
}
