/** The command that an act on a task stands for. */
import type { Task } from '../state.ts';
import type { CommandBody } from '../simulate.ts';
import type { PersonId } from '../types.ts';
import { unreachable } from '../unreachable.ts';
import type { TaskAct } from './acting.ts';

interface Acting {
  task: Task;
  actor: PersonId;
  /** Epoch ms. */
  now: number;
}

export function commandOf(act: Exclude<TaskAct, { act: 'complete' }>, { task, actor, now }: Acting): CommandBody {
  const base = { ...aim(task), actor, vars: {} };
  switch (act.act) {
    case 'return':
      return { ...base, kind: 'return', to: act.to, mode: act.mode ?? 'redo' };
    case 'transfer':
    case 'delegate':
      return { ...base, kind: act.act, to: act.to };
    case 'addSigners':
      return { ...base, kind: 'addSigners', persons: act.persons, where: act.where };
    case 'removeSigners':
      return { ...base, kind: 'removeSigners', persons: act.persons };
    case 'pause':
      return { ...base, kind: 'pause', until: now + act.forMs };
    case 'resume':
      return { ...base, kind: 'resume' };
    default:
      return unreachable(act);
  }
}

export function aim(task: Task): { task: string; assignment: number } {
  return { task: task.id, assignment: task.assignment };
}
