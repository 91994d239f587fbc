/**
 * Whose record an open task is about, as far as this process has come across it: a guess that spares a round trip. Whoever uses it has the
 * locked task say whether it is so.
 */
import type { PublishedFlow } from '../definitions/published.ts';

export interface OpenTask {
  caseId: string;
  flow: PublishedFlow;
}

const mostKnown = 10_000;
/** By task id, what was noted last at the end. */
const known = new Map<string, OpenTask>();

export function noteTasks(tasks: readonly { id: string; state: string }[], of: OpenTask): void {
  for (const { id, state } of tasks) {
    known.delete(id);
    if (state === 'open') known.set(id, of);
  }
  for (const id of known.keys()) {
    if (known.size <= mostKnown) return;
    known.delete(id);
  }
}

export function guessOf(taskId: string): OpenTask | undefined {
  return known.get(taskId);
}
