/**
 * States of earlier versions, as runs that continue as new and recorded histories carry them. Each version is turned into the next;
 * a state of today is given back as it is. Pure, so that a replay does the same.
 */
import type {
  Frame,
  Holder,
  InFlight,
  OpenIncident,
  PeoplePurpose,
  Resume,
  Seat,
  State,
  Task,
  Timer,
  TrailEntry,
} from './state.ts';
import type { ChangedTask, DeltaEntry, OpenedTask } from './types.ts';

/**
 * v3: all time was wall-clock time, nobody said who a pause waits for, nothing was undone, and nothing came from outside; nobody was barred
 * from a task or chosen for a step; who approved before whom, and who approved a step, was not kept.
 */
interface StateV3 extends Omit<
  State,
  | 'v'
  | 'root'
  | 'tasks'
  | 'trail'
  | 'effects'
  | 'incidents'
  | 'calendars'
  | 'held'
  | 'undoable'
  | 'undoing'
  | 'suspended'
  | 'ending'
  | 'waits'
  | 'heard'
  | 'cancelling'
  | 'choices'
  | 'confirmsPeople'
> {
  v: 3;
  root: FrameV3 | null;
  tasks: TaskV3[];
  trail: TrailEntryV3[];
  effects: InFlightV3[];
  incidents: (Omit<OpenIncident, 'resume'> & { resume: ResumeV3 })[];
}
type TrailEntryV3 = Omit<TrailEntry, 'approvers'>;
type TaskV3 = Omit<Task, 'paused' | 'clock' | 'countedTo' | 'never'> & {
  paused: Omit<NonNullable<Task['paused']>, 'waitingFor'> | null;
};

/** v2: no branches that run together, so none that is done before the others; approvals counted decisions, nobody delegated. */
interface StateV2 extends Omit<StateV3, 'v' | 'root' | 'tasks' | 'trail' | 'spins'> {
  v: 2;
  root: FrameV2 | null;
  tasks: Omit<TaskV3, 'owner'>[];
  trail: Omit<TrailEntryV3, 'rev' | 'task' | 'by'>[];
}
type FrameV2 = Omit<FrameV3, 'arrived' | 'seats' | 'detour' | 'children'> & {
  children: FrameV2[];
  decisions: { task: string; outcome: string }[];
  detour: Holder | null;
};

/** v1: one end action a due time; no offers, no pauses, no counts. */
interface StateV1 extends Omit<StateV2, 'v' | 'tasks' | 'timers' | 'effects' | 'incidents' | 'times'> {
  v: 1;
  tasks: Omit<TaskV3, 'outcomes' | 'paused' | 'owner'>[];
  timers: TimerV1[];
  effects: InFlightV1[];
  incidents: (Omit<OpenIncident, 'resume'> & { resume: ResumeV1 })[];
}
type TimerV1 = Omit<Timer, 'what'> & {
  what: Exclude<Timer['what'], { kind: 'then' | 'resume' | 'wait' | 'catch' }> | { kind: 'escalate' };
};
type PurposeV1 = { for: 'step' } | { for: 'transfer'; task: string };
type ResolveV1 = Omit<ResolveV3, 'purpose'> & { purpose: PurposeV1 };
type InFlightV1 = ResolveV1 | ActivityV3;
type EventResume = Extract<Resume, { do: 'event' }>;
type ResumeV1 =
  | { do: 'open' }
  | { do: 'transfer'; task: string }
  | { do: 'timer'; timer: TimerV1 }
  | (Omit<EventResume, 'effect'> & { effect: InFlightV1 });

type FrameV3 = Omit<Frame, 'children' | 'undoes' | 'seats'> & { children: FrameV3[]; seats: Omit<Seat, 'past'>[] };
type ActivityV3 = Omit<Extract<InFlight, { type: 'activity' }>, 'undoes'>;
type ResolveV3 = Omit<Extract<InFlight, { type: 'resolve' }>, 'given' | 'never'>;
type InFlightV3 = ResolveV3 | ActivityV3;
type ResumeV3 = Exclude<Resume, EventResume> | (Omit<EventResume, 'effect'> & { effect: InFlightV3 });

export type AnyState = State | StateV3 | StateV2 | StateV1;

/** The state as today's engine reads it. */
export function upgradeState(state: AnyState): State {
  if (state.v === 4) return state;
  if (state.v === 3) return upgrade(state);
  return upgrade(toV3(state.v === 1 ? toV2(state) : state));
}

/** v3 → v4. A due time of v3 is what its clock begins from; since when the task is open nobody kept. */
function upgrade(state: StateV3): State {
  return {
    ...state,
    v: 4,
    calendars: {},
    held: null,
    tasks: state.tasks.map(taskToV4),
    root: state.root && frameToV4(state.root),
    effects: state.effects.map(effectToV4),
    incidents: state.incidents.map((incident) => ({ ...incident, resume: resumeToV4(incident.resume) })),
    undoable: [],
    undoing: [],
    suspended: null,
    ending: null,
    waits: [],
    heard: [],
    cancelling: null,
    trail: state.trail.map((entry) => ({ ...entry, approvers: [] })),
    choices: {},
    confirmsPeople: false,
  };
}

function taskToV4(task: TaskV3): Task {
  return {
    ...task,
    paused: task.paused && { ...task.paused, waitingFor: 'other' },
    clock: { from: task.dueAt ?? 0, budget: null, by: null, stops: [], standing: null },
    countedTo: null,
    never: [],
  };
}

function frameToV4(frame: FrameV3): Frame {
  const seats = frame.seats.map((seat) => ({ ...seat, past: [] }));
  return { ...frame, undoes: null, seats, children: frame.children.map(frameToV4) };
}

function effectToV4(effect: InFlightV3): InFlight {
  return effect.type === 'activity' ? { ...effect, undoes: null } : { ...effect, given: null, never: [] };
}

function resumeToV4(resume: ResumeV3): Resume {
  return resume.do === 'event' ? { ...resume, effect: effectToV4(resume.effect) } : resume;
}

function toV3(state: StateV2): StateV3 {
  return {
    ...state,
    v: 3,
    root: state.root && frameToV3(state.root, state),
    spins: { at: 0, rev: 0, count: 0 },
    tasks: state.tasks.map((task) => ({ ...task, owner: null })),
    trail: state.trail.map((entry) => ({ ...entry, rev: 0, task: null, by: null })),
  };
}

function frameToV3({ decisions, detour, ...frame }: FrameV2, state: StateV2): FrameV3 {
  return {
    ...frame,
    arrived: [],
    seats: seatsToV3(frame, decisions, state),
    // What the work was sent away from had no name; its seat is the one of no task.
    detour: detour && { holder: detour, task: '' },
    children: frame.children.map((child) => frameToV3(child, state)),
  };
}

/** A seat for each who has approved, each who is asked, and each whom a detour will bring back. */
function seatsToV3(
  { id, children }: Pick<FrameV2, 'id' | 'children'>,
  decisions: FrameV2['decisions'],
  state: StateV2,
): FrameV3['seats'] {
  const seat = { queue: [], weight: 1, verdict: null, decided: null };
  const asked = state.tasks.filter((task) => task.frame === id && task.kind === 'approval');
  const away = children.filter((child) => child.detour !== null && asked.length + decisions.length > 0);
  return [
    ...decisions.map(({ task, outcome }) => ({
      ...seat,
      task,
      verdict: outcome === 'rejected' ? ('rejected' as const) : ('approved' as const),
    })),
    ...asked.map((task) => ({ ...seat, task: task.id })),
    ...away.map(() => ({ ...seat, task: '' })),
  ];
}

/** Entries that a run of an earlier version left: their tasks offered all and never stood, and barred nobody. */
export function upgradeEntries(entries: DeltaEntry[]): DeltaEntry[] {
  return entries.map((entry) => ({ ...entry, opened: entry.opened.map(filled), changed: entry.changed.map(filled) }));
}

const ADDED = { outcomes: null, pausedAt: null, pausedUntil: null, never: [] };

function filled<T extends OpenedTask | ChangedTask>(task: T): T {
  return { ...ADDED, ...task };
}

function toV2(state: StateV1): StateV2 {
  return {
    ...state,
    v: 2,
    tasks: state.tasks.map((task) => ({ ...task, outcomes: null, paused: null })),
    timers: state.timers.map(timerToV2),
    effects: state.effects.map(effectToV2),
    incidents: state.incidents.map((incident) => ({ ...incident, resume: resumeToV2(incident.resume) })),
    times: {},
  };
}

/** The one end action was the first of today's list. */
function timerToV2({ what, ...timer }: TimerV1): Timer {
  return { ...timer, what: what.kind === 'escalate' ? { kind: 'then', index: 0 } : what };
}

function effectToV2(effect: InFlightV1): InFlightV3 {
  return effect.type === 'activity' ? effect : { ...effect, purpose: purposeToV2(effect.purpose) };
}

function purposeToV2(purpose: PurposeV1): PeoplePurpose {
  return purpose.for === 'step' ? purpose : { ...purpose, action: 0 };
}

function resumeToV2(resume: ResumeV1): ResumeV3 {
  if (resume.do === 'transfer') return { ...resume, action: 0 };
  if (resume.do === 'timer') return { ...resume, timer: timerToV2(resume.timer) };
  return resume.do === 'event' ? { ...resume, effect: effectToV2(resume.effect) } : resume;
}
