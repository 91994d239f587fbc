/** The line of the log that an event leaves. */
import { itemOf } from './items.ts';
import type { Run } from './run.ts';
import type { Task } from './state.ts';
import type { Json, LogEvent, LogType } from './types.ts';

/** What a line of the log is about. */
interface About {
  task?: Task;
  step?: string | null;
  data?: Record<string, Json>;
}

/** The log's line of this event; the first writer wins, so that what a retry or a due action causes does not hide its cause. */
export function writeLog(run: Run, type: LogType, { task, step = null, data = {} }: About): void {
  const origin = originOf(run);
  const isHolder = task !== undefined && origin.actor !== null && origin.actor === task.assignee;
  const stands = isHolder && task.explanation.for !== undefined ? { actingFor: task.explanation.for } : {};
  run.log ??= { type, step: task ? task.step : step, task: task ? task.id : null, ...origin, ...stands, data };
}

function originOf({ event }: Run): Pick<LogEvent, 'actor' | 'command'> {
  if (event.type !== 'command') return { actor: null, command: null };
  return { actor: event.command.actor, command: event.command.id };
}

/** The item of a forEach that a line of the log is about, where no task says so. */
export function itemData(run: Run, { step, item }: { step: string | null; item: string | null }): Record<string, Json> {
  const own = step === null ? null : itemOf(run.compiled, { step, item });
  return own === null ? {} : { item: own };
}
