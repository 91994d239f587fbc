/** The log of a case as sentences: who did what, what they said, how long it took. */
import type { Static } from 'typebox';
import type { TimelineEntry } from '../tasks/schemas.ts';
import type { Words } from './words.ts';

type Entry = Static<typeof TimelineEntry>;
export interface Line {
  at: string;
  said: string;
  comment: string | null;
  /** Empty: nobody waited for it. */
  took: string;
  /** Names of the fields that were filled in. */
  filled: string;
}
interface Telling {
  words: Words;
  /** Titles of steps, by id. */
  steps: ReadonlyMap<string, string>;
  /** Titles of fields, by name. */
  fields: ReadonlyMap<string, string>;
}

const acts = new Set(['task_completed', 'task_returned', 'task_transferred', 'task_delegated', 'task_resolved']);

export function tellEntry(entry: Entry, { words, steps, fields }: Telling): Line {
  const took = acts.has(entry.type) && entry.tookSeconds !== null ? words.span(entry.tookSeconds) : '';
  const filled = words.list(entry.changed.map((name) => fields.get(name) ?? name));
  return {
    at: words.at(entry.at),
    said: words.say(keyOf(entry), paramsOf(entry, words, steps)),
    comment: entry.comment,
    took: took === '' ? '' : words.say('took', { time: took }),
    filled: filled === '' ? '' : words.say('filled', { fields: filled }),
  };
}

const ownTexts = new Set(['due', 'escalate', 'wait', 'catch']);

function keyOf({ type, data }: Entry): string {
  if (type === 'step_skipped' && typeof data.undoes === 'number') return 'compensation_skipped';
  if (type === 'child_ended') return data.status === 'completed' && data.error === undefined ? type : 'child_failed';
  if (type !== 'timer_fired') return type;
  if (data.action === 'complete') return 'timer_complete';
  return typeof data.timer === 'string' && ownTexts.has(data.timer) ? `timer_${data.timer}` : type;
}

function paramsOf(entry: Entry, words: Words, steps: ReadonlyMap<string, string>): Record<string, string> {
  const { to } = entry.data;
  const target = typeof to === 'string' ? (steps.get(to) ?? '') : '';
  return {
    actor: entry.actor?.name ?? words.say('system'),
    step: words.text(entry.step?.title),
    outcome: words.text(entry.outcome) || words.say('done'),
    who: words.list(namesIn(entry)) || words.say('somebody'),
    to: target === '' ? '' : words.say('to_step', { step: target }),
    ...(entry.type === 'case_migrated'
      ? { fromVersion: String(entry.data.from), toVersion: String(entry.data.to) }
      : {}),
  };
}

/** Who was handed something, or asked. */
function namesIn({ data: { to, persons }, labels }: Entry): string[] {
  const ids: unknown[] = Array.isArray(persons) ? persons : [to];
  return ids.flatMap((id) => (typeof id === 'string' ? (labels[id] ?? []) : []));
}
