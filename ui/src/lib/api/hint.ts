// Whom a live hint concerns. A hint is never data: whoever it concerns reads again.
import type { Hint } from './types.gen.ts';

const KINDS: readonly string[] = ['task', 'case', 'notification', 'watch', 'resync'];

/** The hint in an event's data; undefined for what is none (a heartbeat, a newer server's word). */
export function readHint(data: string): Hint | undefined {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed !== 'object' || parsed === null || !('kind' in parsed)) return undefined;
    if (typeof parsed.kind !== 'string' || !KINDS.includes(parsed.kind)) return undefined;
    return { caseId: null, taskId: null, ...parsed } as Hint;
  } catch {
    return undefined;
  }
}

/** True when what is shown of this case may have changed. */
export function touchesCase(hint: Hint, caseId: string): boolean {
  return hint.kind === 'resync' || hint.caseId === caseId;
}

/** True when a list of tasks may have changed. */
export function touchesTasks(hint: Hint): boolean {
  return hint.kind === 'resync' || hint.kind === 'task' || hint.kind === 'case';
}

export function touchesNotifications(hint: Hint): boolean {
  return hint.kind === 'resync' || hint.kind === 'notification';
}
