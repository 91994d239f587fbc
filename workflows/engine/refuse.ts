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
  switch (command.kind) {
    case 'complete':
      return hasOutcome(compiled, task, command.outcome)
        ? null
        : refusal('unknown_outcome', { outcome: command.outcome });
    case 'transfer':
      return allows(compiled, task, 'transfer') ? null : refusal('act_not_allowed', { act: 'transfer' });
    case 'return':
      if (!allows(compiled, task, 'return')) return refusal('act_not_allowed', { act: 'return' });
      return returnTargets(compiled, state, task).includes(command.to)
        ? null
        : refusal('return_target_invalid', { to: command.to });
    default:
      return command satisfies never;
  }
}

/** The initiator may withdraw while every step that waits for a person allows it. */
function refuseWithdraw(compiled: Compiled, state: State): Refusal | null {
  const forbidding = state.tasks.find((task) => !allows(compiled, task, 'withdraw'));
  return forbidding ? refusal('act_not_allowed', { act: 'withdraw', step: forbidding.step }) : null;
}

function hasOutcome(compiled: Compiled, task: Task, outcome: string): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && outcomesOfStep(step).some((known) => known.outcome === outcome);
}

function allows(compiled: Compiled, task: Task, act: keyof Allow): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && step.allow?.[act] !== false;
}
