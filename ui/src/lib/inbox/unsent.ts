// Pure: what a person wrote into a task that somebody else ended, as text to copy.
import type { TaskDetail } from '#lib/api/types.gen.ts';
import { fieldTitles, valueText } from '#lib/case/timeline.ts';
import { m } from '#lib/paraglide/messages.js';

/** Lines of the fields whose values differ from the case's, and the note; '' when nothing was written. */
export function unsentText(
  { form, fields }: Pick<TaskDetail, 'form' | 'fields'>,
  written: Record<string, unknown>,
  { comment, labels }: { comment: string; labels: Record<string, string> },
): string {
  const isSame = (name: string): boolean =>
    JSON.stringify(written[name] ?? null) === JSON.stringify(fields[name] ?? null);
  const names = Object.keys(written).filter((name) => !isSame(name) && written[name] !== null);
  const titles = fieldTitles(form, names);
  const lines = names.map(
    (name, at) => `${titles[at] ?? name}${m.common_colon()}${valueText(form, name, written[name], labels)}`,
  );
  return [...lines, comment.trim()].filter((line) => line !== '').join('\n');
}
