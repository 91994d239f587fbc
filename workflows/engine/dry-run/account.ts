/** Writes down what a dry run does, entry by entry. */
import { reckonerFor } from '../reckoners.ts';
import type { Reckoner } from '../calendar/reckoner.ts';
import { stepInfo, type Compiled } from '../compile.ts';
import { atDue, endActions } from '../due.ts';
import type { DueAction } from '../flow.gen.ts';
import { findFrame, type State, type Timer } from '../state.ts';
import { isHuman, partsOf, walk } from '../tree.ts';
import type { ChangedTask, DeltaEntry, Notice, OpenedTask, TaskId, TracedExpression } from '../types.ts';
import { caseChange } from '../views.ts';
import type {
  Account,
  ActivityAnswer,
  ConditionTold,
  End,
  NoticeTold,
  PlannedTold,
  TaskTold,
  WaitTold,
} from './types.ts';

/** An activity, or the call of a flow. */
type Performed = Pick<Account['activities'][number], 'step' | 'activity' | 'flow'>;
type Notes = Omit<Account, 'end' | 'position' | 'incidents'>;

export class Accountant {
  readonly notes: Notes = { events: [], tasks: [], conditions: [], activities: [], notices: [], waits: [] };
  private readonly compiled: Compiled;
  private readonly places: ReadonlyMap<string, { step: string; property: string }[]>;
  private traced: TracedExpression[] = [];
  private readonly timers = new Set<number>();

  constructor(compiled: Compiled) {
    this.compiled = compiled;
    this.places = placesOf(compiled);
  }

  trace(expression: TracedExpression): void {
    this.traced.push(expression);
  }

  entry(entry: DeltaEntry, state: State): void {
    const { rev, at, event, opened, changed, closed, notices } = entry;
    const { type, step, task, actor, data } = event;
    this.notes.events.push({ rev, at, type, step, task, actor, data });
    for (const traced of this.traced.splice(0)) this.notes.conditions.push({ rev, at, ...this.placed(traced) });
    for (const each of opened) this.notes.tasks.push(this.opened(each, { rev, at, state }));
    for (const each of changed) this.changed(each, { rev, at, state });
    for (const notice of notices) this.notes.notices.push({ rev, at, ...this.noticed(notice) });
    for (const { task: id, state: end, outcome, by } of closed) {
      const told = this.task(id);
      if (told) Object.assign(told, { state: end, closedAt: at, outcome, by });
    }
    this.waits(state, { rev, at });
  }

  /** The tasks of a case that has run already. */
  begin(state: State, at: number): void {
    const seen = { rev: state.rev, at, state };
    for (const task of state.tasks) {
      const { id, paused, ...rest } = task;
      const dueAt = paused === null ? task.dueAt : null;
      const shown = { ...rest, task: id, dueAt, pausedAt: paused?.since ?? null, pausedUntil: paused?.until ?? null };
      this.notes.tasks.push(this.opened(shown, seen));
    }
    this.waits(state, seen);
  }

  performed(what: Performed, seen: { rev: number; at: number; answer: ActivityAnswer }): void {
    const { rev, at, answer } = seen;
    const { input, problems, output, error } = answer;
    this.notes.activities.push({ rev, at, ...what, input, problems, output, error });
  }

  task(id: TaskId): TaskTold | undefined {
    return this.notes.tasks.findLast(({ task }) => task === id);
  }

  close(state: State, end: End): Account {
    const { position, incidents } = caseChange(this.compiled, state);
    return { end, ...this.notes, position, incidents };
  }

  // ---------------------------------------------------------------------------------------------- tasks

  private opened(task: OpenedTask, { rev, at, state }: Seen): TaskTold {
    const { assignee, pool, explanation, dueAt, outcomes, kind } = task;
    const frame = state.tasks.find(({ id }) => id === task.task)?.frame;
    return {
      task: task.task,
      step: task.step,
      kind,
      item: (frame === undefined ? undefined : findFrame(state, frame)?.frame.item) ?? null,
      openedAt: at,
      dueAt,
      planned: this.planned(task.task, task.step, state),
      holders: [{ rev, at, assignee, pool, explanation }],
      outcomes,
      nobody: false,
      state: 'open',
      closedAt: null,
      outcome: null,
      by: null,
    };
  }

  private changed(task: ChangedTask, { rev, at, state }: Seen): void {
    const told = this.task(task.task);
    if (!told) return;
    const { assignee, pool, explanation, dueAt, outcomes } = task;
    const planned = this.planned(task.task, told.step, state);
    Object.assign(told, { dueAt, outcomes, planned, nobody: false });
    const last = told.holders.at(-1);
    if (last?.assignee !== assignee || last.pool !== pool) told.holders.push({ rev, at, assignee, pool, explanation });
  }

  private planned(task: TaskId, step: string, state: State): PlannedTold[] {
    const timers = state.timers.filter((timer) => timer.task === task);
    const calendar = state.tasks.find(({ id }) => id === task)?.clock.by?.calendar ?? null;
    const reckoner = reckonerFor({ state }, calendar);
    return timers.flatMap((timer) => this.plannedBy(timer, step, reckoner)).sort((a, b) => a.at - b.at);
  }

  private plannedBy(timer: Timer, id: string, reckoner: Reckoner): PlannedTold[] {
    const { step } = stepInfo(this.compiled, id);
    const due = isHuman(step) ? (step.due ?? {}) : {};
    const actions = endActions(due).map(({ action }) => action);
    const { at, what } = timer;
    if (what.kind === 'remind') return [{ at, does: 'reminder', to: null }];
    if (what.kind === 'then') return plannedAction(at, actions[what.index]);
    if (what.kind !== 'due') return [{ at, does: what.kind, to: null }];
    const { first, later } = atDue(due, timer, reckoner);
    const rest = later.flatMap((next) =>
      next.what.kind === 'then' ? plannedAction(next.at, actions[next.what.index]) : [],
    );
    return [...plannedAction(at, first === null ? { do: 'remind' } : actions[first]), ...rest];
  }

  // ---------------------------------------------------------------------------------------------- the rest

  private noticed({ kind, step, task, to }: Notice): Omit<NoticeTold, 'rev' | 'at'> {
    if (to === 'holders') {
      const holder = task === null ? undefined : this.task(task)?.holders.at(-1);
      const persons = holder?.assignee ? [holder.assignee] : [];
      return { kind, step, task, persons, role: holder?.pool ?? null };
    }
    return { kind, step, task, persons: 'persons' in to ? to.persons : [], role: 'role' in to ? to.role : null };
  }

  private placed(traced: TracedExpression): Omit<ConditionTold, 'rev' | 'at'> {
    const places = this.places.get(traced.expression) ?? [];
    const place = places.find(({ step }) => step === traced.step) ?? (places.length === 1 ? places[0] : undefined);
    return { ...traced, step: place?.step ?? traced.step, property: place?.property ?? null };
  }

  private waits(state: State, { rev, at }: Pick<Seen, 'rev' | 'at'>): void {
    for (const { id, task, frame, at: until } of state.timers) {
      if (task !== null || this.timers.has(id)) continue;
      this.timers.add(id);
      const step = findFrame(state, frame)?.frame.step;
      const told: WaitTold | null = step ? { rev, at, step, until } : null;
      if (told) this.notes.waits.push(told);
    }
  }
}

interface Seen {
  rev: number;
  at: number;
  state: State;
}

function plannedAction(at: number, action: DueAction | undefined): PlannedTold[] {
  if (!action) return [];
  const { do: does } = action;
  const to =
    does === 'escalate' ? action.to : does === 'complete' ? action.outcome : does === 'return' ? action.step : null;
  return [{ at, does, to }];
}

function placesOf({ flow }: Compiled): Map<string, { step: string; property: string }[]> {
  const found = new Map<string, { step: string; property: string }[]>();
  for (const { step } of walk(flow))
    for (const { text, property } of partsOf(step).expressions)
      found.set(text, [...(found.get(text) ?? []), { step: step.id, property }]);
  return found;
}
