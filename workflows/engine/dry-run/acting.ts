/** From the script of a dry run to the engine's commands, and how a run ends from wherever it is. */
import { takersOf } from '../happen.ts';
import { findFrame, type State, type Task } from '../state.ts';
import type { Act, End, Plan, Question, Refused } from './types.ts';

export type EndBody = End extends infer E ? (E extends End ? Omit<E, 'at'> : never) : never;

/** Ends the run from wherever it is. */
export class Stop extends Error {
  readonly end: EndBody;
  constructor(end: EndBody) {
    super(end.why);
    this.end = end;
  }
}

export type TaskAct = Exclude<
  Act,
  { act: 'withdraw' | 'cancel' | 'amend' | 'wait' | 'takeBack' | 'message' | 'signal' }
>;
export type CaseAct = Exclude<Act, TaskAct | HeardAct>;
export type HeardAct = Extract<Act, { act: 'message' | 'signal' }>;

export function startOf({ community, zone, calendars = {} }: Exclude<Plan['from'], { state: unknown }>) {
  return { community, zone, calendars };
}

export function refusal(code: string, params: Record<string, unknown>): Refused {
  return { code, params };
}

/** An activity that takes its time. */
export interface Coming {
  effect: number;
  at: number;
}

/** What in the flow waits for a message or signal. */
export function placesOf(
  state: State,
  event: Parameters<typeof takersOf>[1],
): Extract<Question, { ask: 'heard' }>['takers'] {
  return takersOf(state, event).map(({ frame, part }) => ({ step: findFrame(state, frame)?.frame.step ?? null, part }));
}

/** Where a run stands that nothing has ended. */
export function standingOf({ status, outcome, tasks, incidents }: State): EndBody {
  if (status === 'completed' || status === 'cancelled') return { why: status, outcome };
  return { why: tasks.length === 0 && incidents.length > 0 ? 'incident' : 'waiting' };
}

/** The task that an act is about: of whoever acts, else one that anybody may take. */
export function taskFor({ tasks }: State, { step, by }: TaskAct): Task | undefined {
  const open = tasks.filter((task) => task.step === step);
  return open.find(({ assignee }) => assignee === by) ?? open.find(({ assignee }) => !by || assignee === null);
}
