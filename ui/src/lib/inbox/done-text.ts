// What a toast says of an act that was done. It names the case: what opens by itself next may be another one's task.
import type { TaskItem, Text } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';

/** A label that says 已… already is not told so twice. */
export function doneText(label: Text): string {
  const text = localText(label);
  return text.startsWith('已') ? text : m.act_done_toast({ label: text });
}

/** `task`: the one that was acted on. */
export function aboutCase(done: string, task: Pick<TaskItem, 'caseTitle' | 'caseNumber'> | undefined): string {
  if (!task) return done;
  return m.act_done_about({ done, about: task.caseTitle === '' ? task.caseNumber : task.caseTitle });
}
