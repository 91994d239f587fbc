// 拿回: for ten seconds after a decision, and later from what one has decided.
import { api } from '#lib/api/client.ts';
import { problemText } from '#lib/api/errors.ts';
import { isProblem } from '#lib/api/problem.ts';
import type { ActResult, TaskDetail } from '#lib/api/types.gen.ts';
import { listenKeys } from '#lib/keys/keys.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { toasts } from '#lib/parts/toasts.svelte.ts';
import { goQuietly } from './address.ts';

const OFFERED_MS = 10_000;

const pathOf = (taskId: string): string => `/api/tasks/${encodeURIComponent(taskId)}`;

/** Takes the decision of a task back and opens it again; says why where it is too late. @returns whether it was taken back */
export async function takeBack(taskId: string): Promise<boolean> {
  try {
    const { value, pending } = await api.command<ActResult>(`${pathOf(taskId)}/take-back`, {});
    toasts.show(pending ? m.detail_queued() : m.act_taken_back(), { tone: 'accent' });
    const [task] = value.opened;
    if (task !== undefined) await goQuietly(`/inbox?view=mine&task=${encodeURIComponent(task)}`);
    return true;
  } catch (error) {
    if (!isProblem(error)) throw error;
    toasts.show(problemText(error), { tone: 'danger' });
    return false;
  }
}

/** Tells of a decision, with what takes it back while that can be done; `otherwise` is offered where it cannot. */
export async function tellDecided(
  taskId: string,
  text: string,
  otherwise: { label: string; run: () => void },
): Promise<void> {
  if (!(await mayTakeBack(taskId))) {
    toasts.show(text, { tone: 'accent', action: otherwise });
    return;
  }
  const run = (): void => {
    stop();
    close();
    void takeBack(taskId);
  };
  const close = toasts.show(text, { tone: 'accent', stayMs: OFFERED_MS, action: { label: m.act_take_back(), run } });
  const stop = listenOnce(() => ({ z: run }));
  setTimeout(stop, OFFERED_MS);
}

/** What ends the listening may be called twice. */
function listenOnce(bindings: Parameters<typeof listenKeys>[0]): () => void {
  let stop: (() => void) | undefined = listenKeys(bindings);
  return () => {
    stop?.();
    stop = undefined;
  };
}

async function mayTakeBack(taskId: string): Promise<boolean> {
  try {
    return (await api.get<TaskDetail>(pathOf(taskId))).allow.takeBack;
  } catch (error) {
    if (!isProblem(error)) throw error;
    return false;
  }
}
