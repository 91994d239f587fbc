// The case log as sentences that a newcomer understands. Which sentence an entry gets, in what tone; names come from its labels.
import type { FormDefinition, Text, TimelineEntry } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { dateTime } from '#lib/time/format.ts';

export type EntryTone = 'done' | 'back' | 'alarm' | 'person' | 'system';

export interface EntryView {
  text: string;
  tone: EntryTone;
}

interface Words {
  actor: string;
  step: string;
  outcome: string;
  who: string;
  to: string;
  until: string;
}

type Say = (words: Words, entry: TimelineEntry) => EntryView;

/** What a timer did: reminded, escalated, or ended the budget (then its action says how). */
const timers: Record<string, (words: Words) => string> = {
  remind: m.event_timer_reminder,
  escalate: m.event_timer_escalation,
  due: m.event_timer_overdue,
  wait: m.event_timer_wait,
  catch: m.event_timer_wait,
  'due complete': m.event_task_auto,
};

const sayings: Record<string, Say> = {
  case_started: (words) => ({ text: m.event_case_started(words), tone: 'person' }),
  case_withdrawn: (words) => ({ text: m.event_case_withdrawn(words), tone: 'back' }),
  case_cancelled: () => ({ text: m.event_case_cancelled(), tone: 'alarm' }),
  record_amended: (words) => ({ text: m.event_record_amended(words), tone: 'person' }),
  task_completed: (words) => ({ text: m.event_task_completed(words), tone: 'done' }),
  task_returned: (words) => ({
    text: words.to === '' ? m.event_task_returned(words) : m.event_task_returned_to(words),
    tone: 'back',
  }),
  task_transferred: (words) => ({ text: m.event_task_transferred(words), tone: 'person' }),
  task_delegated: (words) => ({ text: m.event_task_delegated(words), tone: 'person' }),
  task_resolved: (words) => ({ text: m.event_task_resolved(words), tone: 'person' }),
  task_taken_back: (words) => ({ text: m.event_task_taken_back(words), tone: 'back' }),
  signers_added: (words, { data }) => ({
    text: data.where === 'before' ? m.event_signers_added_before(words) : m.event_signers_added_after(words),
    tone: 'person',
  }),
  signers_removed: (words) => ({ text: m.event_signers_removed(words), tone: 'person' }),
  calendar_changed: (_words, entry) => ({ text: calendarText(entry), tone: 'system' }),
  task_paused: (words) => ({ text: m.event_task_paused(words), tone: 'person' }),
  task_resumed: (words, { actor }) => ({
    text: actor ? m.event_task_resumed(words) : m.event_task_resumed_timer(words),
    tone: actor ? 'person' : 'system',
  }),
  timer_fired: (words, entry) => ({
    text: timerText(words, entry),
    tone: entry.data.timer === 'wait' || entry.data.timer === 'catch' ? 'system' : 'alarm',
  }),
  people_resolved: (words) => ({ text: m.event_people_resolved(words), tone: 'system' }),
  activity_done: (words) => ({ text: m.event_activity_done(words), tone: 'system' }),
  activity_failed: (words) => ({ text: m.event_activity_failed(words), tone: 'alarm' }),
  child_started: (words) => ({ text: m.event_child_started(words), tone: 'system' }),
  child_ended: (words, { data }) => {
    const isDone = data.status === 'completed' && data.error === undefined;
    return {
      text: isDone ? m.event_child_ended(words) : m.event_child_failed(words),
      tone: isDone ? 'system' : 'alarm',
    };
  },
  child_escalated: (words) => ({ text: m.event_child_escalated(words), tone: 'alarm' }),
  message_received: (words) => ({ text: m.event_message_received(words), tone: 'system' }),
  signal_received: (words) => ({ text: m.event_signal_received(words), tone: 'system' }),
  incident_retried: (words) => ({ text: m.event_incident_retried(words), tone: 'system' }),
  step_compensated: (words) => ({ text: m.event_step_compensated(words), tone: 'system' }),
  compensation_failed: (words) => ({ text: m.event_compensation_failed(words), tone: 'alarm' }),
  case_suspended: (words) => ({ text: m.event_case_suspended(words), tone: 'alarm' }),
  case_resumed: (words) => ({ text: m.event_case_resumed(words), tone: 'person' }),
  step_skipped: (words, { data, outcome }) => ({ text: skippedText(words, data, outcome !== null), tone: 'person' }),
  case_modified: (words) => ({ text: m.event_case_modified(words), tone: 'person' }),
  case_migrated: ({ actor }, { data }) => ({
    text: m.event_case_migrated({ actor, from: String(data.from), to: String(data.to) }),
    tone: 'system',
  }),
};

/** Where one due time went, or how many. */
function calendarText({ data }: TimelineEntry): string {
  const { tasks, moved } = data as { tasks?: { from: number; to: number }[]; moved?: number };
  const [first] = tasks ?? [];
  if (first === undefined || moved === undefined) return m.event_calendar_changed();
  if (moved > 1) return m.event_calendar_moved_many({ n: moved });
  return m.event_calendar_moved({ from: dateTime(first.from), to: dateTime(first.to) });
}

function skippedText(words: Words, data: TimelineEntry['data'], hasOutcome: boolean): string {
  if (typeof data.undoes === 'number') return m.event_compensation_skipped(words);
  return hasOutcome ? m.event_step_skipped_as(words) : m.event_step_skipped(words);
}

function timerText(words: Words, { data }: TimelineEntry): string {
  const timer = typeof data.timer === 'string' ? data.timer : 'remind';
  const action = typeof data.action === 'string' ? data.action : '';
  const say = timers[`${timer} ${action}`] ?? timers[timer] ?? m.event_timer_reminder;
  return say(words);
}

/** Ids in `data` that have a name, as one list of names. */
function namesIn(entry: TimelineEntry, keys: readonly string[]): string {
  const ids = keys.flatMap((key): unknown[] => {
    const value = entry.data[key];
    return Array.isArray(value) ? value : [value];
  });
  const names = ids.flatMap((id) => (typeof id === 'string' ? [entry.labels[id] ?? ''] : []));
  return names.filter((name) => name !== '').join(m.common_list_separator());
}

/** With whom they stood in for. */
function actorOf({ actor, actingFor }: TimelineEntry): string {
  if (!actor) return m.event_system();
  return actingFor ? m.event_actor_for({ actor: actor.name, person: actingFor.name }) : actor.name;
}

function wordsOf(entry: TimelineEntry, stepTitles: ReadonlyMap<string, string>): Words {
  const { to, until } = entry.data;
  return {
    actor: actorOf(entry),
    step: localText(entry.step?.title),
    outcome: localText(entry.outcome) || m.task_done(),
    who: namesIn(entry, ['persons', 'to', 'assignee', 'assignees', 'holder']) || m.event_somebody(),
    to: typeof to === 'string' ? (stepTitles.get(to) ?? '') : '',
    until: typeof until === 'string' ? dateTime(until) : '',
  };
}

/** `stepTitles` names the steps that an entry points to, e.g. where it was returned to. */
export function describeEntry(entry: TimelineEntry, stepTitles: ReadonlyMap<string, string> = new Map()): EntryView {
  const words = wordsOf(entry, stepTitles);
  const say = sayings[entry.type];
  return say ? say(words, entry) : { text: m.event_unknown({ step: words.step || entry.type }), tone: 'system' };
}

/** Entries that tell a reader something: who was found for a step is told by the step itself when nobody acted. */
export function worthTelling(entry: TimelineEntry): boolean {
  return entry.type !== 'people_resolved' || namesIn(entry, ['persons', 'assignee', 'assignees', 'holder']) !== '';
}

interface FieldSchema {
  'x-title'?: Text;
  'x-field'?: string;
  oneOf?: { const: unknown; 'x-title'?: Text }[];
}

function fieldSchemas(form: FormDefinition): Record<string, FieldSchema> {
  const { properties } = form.schema;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, FieldSchema>) : {};
}

/** Titles of the fields an entry wrote. */
export function fieldTitles(form: FormDefinition, names: readonly string[]): string[] {
  const schemas = fieldSchemas(form);
  return names.map((name) => localText(schemas[name]?.['x-title']) || name);
}

/** A value in words: the title of a choice, the name of an id, else the value itself. */
export function valueText(form: FormDefinition, field: string, value: unknown, labels: Record<string, string>): string {
  if (value === null || value === undefined || value === '') return '—';
  if (Array.isArray(value))
    return value.map((one) => valueText(form, field, one, labels)).join(m.common_list_separator());
  const choice = fieldSchemas(form)[field]?.oneOf?.find((one) => one.const === value);
  if (choice) return localText(choice['x-title']);
  if (typeof value === 'string') return labels[value] ?? value;
  return JSON.stringify(value);
}

/** Ids of all files in a record, field by field; a field the reader may not see is not in `fields`. */
export function filesOf(form: FormDefinition, fields: Record<string, unknown>): { title: string; ids: string[] }[] {
  const isFiles = (kind: string | undefined): boolean => kind === 'files' || kind === 'signature';
  return Object.entries(fieldSchemas(form))
    .filter(([, schema]) => isFiles(schema['x-field']))
    .map(([name, schema]) => ({ title: localText(schema['x-title']), ids: idsIn(fields[name]) }))
    .filter((group) => group.ids.length > 0);
}

function idsIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id): id is string => typeof id === 'string' && id !== '');
}
