/** Whether a command may be applied to a state. The validator of the shell asks; a refusal leaves no trace in any history. */
import { stepInfo, type Compiled } from './compile.ts';
import { returnTargets } from './return.ts';
import { isClosed, isTaskCommand, type State, type Task } from './state.ts';
import { isHuman, outcomesOfStep } from './tree.ts';
import type { Allow } from './flow.gen.ts';
import type { Command, Json, Refusal } from './types.ts';

/** Why a command is refused, or null. Never throws and changes nothing. */
export function refuse(compiled: Compiled, state: State, command: Command): Refusal | null {
  if (command.kind === 'start') return state.status === 'new' ? null : refusal('already_started');
  if (state.status === 'new') return refusal('act_not_allowed', { act: command.kind });
  if (isClosed(state)) return refusal('case_closed', { status: state.status, outcome: state.outcome });
  if (command.flowVersion !== state.flowVersion) return refusal('flow_version_changed', { version: state.flowVersion });
  if (isTaskCommand(command)) return refuseTaskCommand(compiled, state, command);
  if (command.kind === 'withdraw') return refuseWithdraw(compiled, state);
  if (command.kind !== 'retry') return null;
  const known = state.incidents.some(({ id }) => id === command.incident);
  return known ? null : refusal('incident_unknown', { incident: command.incident });
}

function refusal(code: Refusal['code'], params: Record<string, Json> = {}): Refusal {
  return { code, params };
}

type TaskCommand = Extract<Command, { task: string }>;

function refuseTaskCommand(compiled: Compiled, state: State, command: TaskCommand): Refusal | null {
  const task = state.tasks.find(({ id }) => id === command.task);
  if (!task) return refusal('task_closed', { task: command.task });
  if (task.assignment !== command.assignment) return refusal('assignment_changed', { assignment: task.assignment });
  if (command.kind === 'complete') return refuseOutcome(compiled, task, command.outcome);
  if (!mayAct(compiled, task, command.kind)) return refusal('act_not_allowed', { act: command.kind });
  if (command.kind !== 'return' || returnTargets(compiled, state, task).includes(command.to)) return null;
  return refusal('return_target_invalid', { to: command.to });
}

/** Whether the step lets a task be treated so, as it stands. */
function mayAct(compiled: Compiled, task: Task, act: Exclude<TaskCommand['kind'], 'complete'>): boolean {
  switch (act) {
    case 'return':
    case 'transfer':
      return allows(compiled, task, act);
    case 'pause':
      return task.paused === null && hasPause(compiled, task);
    case 'resume':
      return task.paused !== null;
    default:
      return act satisfies never;
  }
}

/** The initiator may withdraw while every step that waits for a person allows it. */
function refuseWithdraw(compiled: Compiled, state: State): Refusal | null {
  const forbidding = state.tasks.find((task) => !allows(compiled, task, 'withdraw'));
  return forbidding ? refusal('act_not_allowed', { act: 'withdraw', step: forbidding.step }) : null;
}

/** An outcome of the step that the task does not offer is not for this turn (`when`); another one is a mistake. */
function refuseOutcome(compiled: Compiled, task: Task, outcome: string): Refusal | null {
  const { step } = stepInfo(compiled, task.step);
  const known = isHuman(step) && outcomesOfStep(step).some((one) => one.outcome === outcome);
  if (!known) return refusal('unknown_outcome', { outcome });
  const offered = task.outcomes?.includes(outcome) ?? true;
  return offered ? null : refusal('action_not_offered', { outcome, offered: task.outcomes });
}

function hasPause(compiled: Compiled, task: Task): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && step.pause !== undefined;
}

function allows(compiled: Compiled, task: Task, act: keyof Allow): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && step.allow?.[act] !== false;
}
