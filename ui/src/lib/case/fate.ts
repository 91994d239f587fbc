// Pure: what became of a task that is no longer the reader's: who did what, in the words of the log, and why.
import type { PersonRef, TaskDetail, TimelineEntry } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';

type Told = Pick<TaskDetail, 'timeline'> & {
  task: Pick<TaskDetail['task'], 'state' | 'step' | 'openedAt'> & { holder: PersonRef | null };
};

/** What ends a task, by the type of its log entry. */
const says: Record<string, (name: string, entry: TimelineEntry) => string> = {
  case_withdrawn: (name) => m.fate_withdrawn({ name }),
  case_cancelled: (name) => m.fate_cancelled({ name }),
  task_completed: (name, entry) => m.fate_completed({ name, outcome: localText(entry.outcome) || m.task_done() }),
  task_returned: (name) => m.fate_returned({ name }),
  timer_fired: () => m.fate_overdue(),
  task_transferred: (name, entry) => m.fate_transferred({ name, who: whoIn(entry) }),
  task_delegated: (name, entry) => m.fate_delegated({ name, who: whoIn(entry) }),
  task_resolved: (name, entry) => m.fate_resolved({ name, who: whoIn(entry) }),
  task_taken_back: (name) => m.fate_taken_back({ name }),
  signers_added: (name, entry) => m.fate_signers_added({ name, who: whoIn(entry) }),
  signers_removed: (name, entry) => m.fate_signers_removed({ name, who: whoIn(entry) }),
};
/** These leave the task open, with somebody else. */
const handsOn: ReadonlySet<string> = new Set(['task_transferred', 'task_delegated']);

function whoIn({ data: { to, persons }, labels }: TimelineEntry): string {
  const ids: unknown[] = Array.isArray(persons) ? persons : [to];
  return ids.flatMap((id) => labels[String(id)] ?? []).join(m.common_list_separator());
}

/** One sentence, with the reason where one was given; '' when the log does not say. */
export function fateOf({ task, timeline }: Told): string {
  const entry = endOf(task, timeline);
  if (entry === undefined)
    return task.holder && task.state === 'open' ? m.fate_claimed({ name: task.holder.name }) : '';
  const text = says[entry.type]?.(entry.actor?.name ?? m.event_system(), entry) ?? '';
  return entry.comment ? `${text}${m.common_colon()}${entry.comment}` : text;
}

/** How a case ended before its end, and why; undefined while it runs or when it was completed. */
export function earlyEnd(timeline: readonly TimelineEntry[]): { text: string; at: string; reason: string } | undefined {
  const entry = timeline.findLast(({ type }) => type === 'case_withdrawn' || type === 'case_cancelled');
  if (entry === undefined) return undefined;
  const text = says[entry.type]?.(entry.actor?.name ?? m.event_system(), entry) ?? '';
  return { text, at: entry.at, reason: entry.comment ?? '' };
}

function endOf(task: Told['task'], timeline: readonly TimelineEntry[]): TimelineEntry | undefined {
  const since = timeline.filter(({ at }) => Date.parse(at) >= Date.parse(task.openedAt));
  const ofStep = ({ step }: TimelineEntry): boolean => step?.id === task.step;
  if (task.state === 'open') return since.findLast((entry) => handsOn.has(entry.type) && ofStep(entry));
  const ends = since.filter(
    ({ type }) => type === 'task_taken_back' || (type.startsWith('case_') && type !== 'case_started'),
  );
  return since.findLast((entry) => ofStep(entry) && entry.type in says && !handsOn.has(entry.type)) ?? ends.at(-1);
}

/** Who sent the case back to this step last, and why. */
export function returnOf({ task, timeline }: Pick<TaskDetail, 'task' | 'timeline'>): TimelineEntry | undefined {
  if (!task.returned) return undefined;
  return timeline.findLast((entry) => entry.type === 'task_returned' && entry.data.to === task.step);
}
