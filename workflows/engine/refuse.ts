/** Whether a command may be applied to a state. The validator of the shell asks; a refusal leaves no trace in any history. */
import { newerOf } from './calendars.ts';
import { stepInfo, type Compiled } from './compile.ts';
import { roundsOf } from './items.ts';
import { mayReturnTogether, returnPlaces } from './return.ts';
import { isClosed, isTaskCommand, type State, type Task } from './state.ts';
import { refuseMigrate } from './migrate.ts';
import { refuseModify } from './modify.ts';
import { refuseSkip } from './skip.ts';
import { askedWith, removableOf, seatOfTask } from './signers.ts';
import { undoOf } from './take-back.ts';
import { isHuman, outcomesOfStep } from './tree.ts';
import type { Allow } from './flow.gen.ts';
import { hasRoomFor, MOST_VALUES } from './room.ts';
import { choicesOf, wrongChoice } from './choices.ts';
import { neverOf } from './never.ts';
import type {
  Choices,
  Command,
  CompleteCommand,
  Json,
  PauseCommand,
  PersonId,
  RecalendarCommand,
  Refusal,
  StartCommand,
  StepId,
} from './types.ts';

/**
 * Why a command is refused, or null. Never throws and changes nothing. `target`: the version that a migration moves to; without it only
 * what needs it not is asked.
 */
export function refuse(compiled: Compiled, state: State, command: Command, target?: Compiled): Refusal | null {
  if (command.kind === 'start') return refuseStart(compiled, state, command);
  if (state.status === 'new') return refusal('act_not_allowed', { act: command.kind });
  if (isClosed(state)) return refusal('case_closed', { status: state.status, outcome: state.outcome });
  if (command.flowVersion !== state.flowVersion) return refusal('flow_version_changed', { version: state.flowVersion });
  const standing = refuseStanding(state, command.kind);
  if (standing) return standing;
  if (command.kind === 'migrate') return refuseMigrate(compiled, state, command, target);
  if (!hasRoomFor(compiled, state.vars, command.vars)) return refusal('values_too_large', { most: MOST_VALUES });
  if (isTaskCommand(command)) return refuseTaskCommand(compiled, state, command);
  return refuseCaseCommand(compiled, state, command);
}

function refuseStart(compiled: Compiled, state: State, { vars, choices = {} }: StartCommand): Refusal | null {
  if (state.status !== 'new') return refusal('already_started');
  if (!hasRoomFor(compiled, state.vars, vars)) return refusal('values_too_large', { most: MOST_VALUES });
  return refuseChoices(compiled, null, choices);
}

function refuseChoices(compiled: Compiled, by: StepId | null, choices: Choices): Refusal | null {
  const wrong = wrongChoice(choicesOf(compiled, by), choices);
  return wrong === null ? null : refusal('choice_invalid', { step: wrong });
}

/** A case that ends, or is suspended, lets little be done. */
function refuseStanding({ ending, suspended }: State, act: Command['kind']): Refusal | null {
  if (ending && !WHILE_ENDING.includes(act)) return refusal('case_ending', { act });
  return suspended && !WHILE_SUSPENDED.includes(act) ? refusal('case_suspended', { act }) : null;
}

/** What may still be done while the case is being undone: the tasks that are open then undo something. */
const WHILE_ENDING: readonly Command['kind'][] = [
  'retry',
  'skip',
  'amend',
  'recalendar',
  'complete',
  'transfer',
  'delegate',
  'pause',
  'resume',
];
const WHILE_SUSPENDED: readonly Command['kind'][] = [
  'resumeCase',
  'cancel',
  'amend',
  'modify',
  'migrate',
  'recalendar',
];

type CaseCommand = Exclude<Command, { task: string } | { kind: 'migrate' }>;

function refuseCaseCommand(compiled: Compiled, state: State, command: CaseCommand): Refusal | null {
  if (command.kind === 'withdraw') return refuseWithdraw(compiled, state);
  if (command.kind === 'takeBack') return refuseTakeBack(compiled, state, command);
  if (command.kind === 'resumeCase') return state.suspended ? null : refusal('not_suspended');
  if (command.kind === 'skip') return refuseSkip(compiled, state, command);
  if (command.kind === 'modify') return refuseModify(compiled, state, command);
  if (command.kind === 'recalendar') return refuseCalendars(compiled, state, command);
  if (command.kind !== 'retry') return null;
  const known = state.incidents.some(({ id }) => id === command.incident);
  return known ? null : refusal('incident_unknown', { incident: command.incident });
}

function refusal(code: Refusal['code'], params: Record<string, Json> = {}): Refusal {
  return { code, params };
}

type TaskCommand = Extract<Command, { task: string }>;

function refuseTaskCommand(compiled: Compiled, state: State, command: TaskCommand): Refusal | null {
  const task = state.tasks.find(({ id }) => id === command.task);
  if (!task) return refusal('task_closed', { task: command.task });
  if (task.assignment !== command.assignment) return refusal('assignment_changed', { assignment: task.assignment });
  const barred = barredIn(neverOf(compiled, state, task), command);
  if (barred !== undefined) return refusal('never_handles', { person: barred });
  return refuseAct(compiled, state, task, command);
}

function refuseAct(compiled: Compiled, state: State, task: Task, command: TaskCommand): Refusal | null {
  if (command.kind === 'complete') return refuseComplete(compiled, task, command);
  if (command.kind === 'transfer' && command.as !== undefined) return null;
  if (!MAY[command.kind](compiled, state, task)) return refusal('act_not_allowed', { act: command.kind });
  if (command.kind === 'addSigners' || command.kind === 'removeSigners') return refuseSigners(state, task, command);
  if (command.kind === 'pause') return refuseParty(compiled, task, command);
  if (command.kind !== 'return' || mayReturnTo(compiled, state, task, command)) return null;
  return refusal('return_target_invalid', { to: command.to });
}

type ReturnCommand = Extract<TaskCommand, { kind: 'return' }>;

function mayReturnTo(compiled: Compiled, state: State, task: Task, command: ReturnCommand): boolean {
  const { to, item, items, mode } = command;
  const places = returnPlaces(compiled, state, task).filter(({ step }) => step === to);
  if (places.length === 0) return false;
  const wanted = items ?? [item ?? roundsOf(compiled, to, task.item)];
  const found = wanted.flatMap((one) => places.find((place) => place.item === one) ?? []);
  if (found.length === 0 || found.length < wanted.length) return false;
  // One comes straight back; several would come back one by one.
  if (found.length > 1 && mode === 'straightBack') return false;
  return found.every((one, index) => found.slice(index + 1).every((other) => mayReturnTogether(compiled, one, other)));
}

function refuseComplete(compiled: Compiled, task: Task, { outcome, choices = {} }: CompleteCommand): Refusal | null {
  return refuseOutcome(compiled, task, outcome) ?? refuseChoices(compiled, task.step, choices);
}

/** The first who never handles the work but would act on it, or get it. */
function barredIn(never: readonly PersonId[], command: TaskCommand): PersonId | undefined {
  const named = 'to' in command && command.kind !== 'return' ? [command.to] : [];
  const added = command.kind === 'addSigners' ? command.persons : [];
  const acting = command.actor === null || !HANDLES.has(command.kind) ? [] : [command.actor];
  return [...acting, ...named, ...added].find((person) => never.includes(person));
}
/** Whoever may hand out tasks may also take one away from, or give it on behalf of, others. */
const HANDLES: ReadonlySet<TaskCommand['kind']> = new Set(['complete', 'return', 'delegate', 'addSigners', 'pause']);

type SignersCommand = Extract<TaskCommand, { kind: 'addSigners' | 'removeSigners' }>;

/** Nobody is asked twice at a time, and only who was added can be left out again. */
function refuseSigners(state: State, task: Task, { kind, persons }: SignersCommand): Refusal | null {
  const known = kind === 'addSigners' ? askedWith(state, task) : removableOf(state, task);
  const isWrong = (person: string): boolean => known.includes(person) === (kind === 'addSigners');
  const wrong = persons.find(isWrong);
  if (persons.length === 0) return refusal('signer_unknown', { person: null });
  if (wrong === undefined) return null;
  return kind === 'addSigners'
    ? refusal('signer_already', { person: wrong })
    : refusal('signer_unknown', { person: wrong });
}

/** A case that started meanwhile, or an earlier change, has brought them. */
function refuseCalendars({ calendars }: Compiled, state: State, command: RecalendarCommand): Refusal | null {
  if (newerOf({ state, calendars }, command).length > 0) return null;
  return refusal('calendar_known', { calendars: Object.keys(command.calendars) });
}

/** The step may say who can be waited for. */
function refuseParty(compiled: Compiled, task: Task, { waitingFor = 'other' }: PauseCommand): Refusal | null {
  const { step } = stepInfo(compiled, task.step);
  const offered = isHuman(step) ? step.pause?.waitingFor : undefined;
  if (!offered || offered.includes(waitingFor)) return null;
  return refusal('party_not_offered', { party: waitingFor, offered });
}

function refuseTakeBack(
  compiled: Compiled,
  state: State,
  { decided, actor }: Extract<Command, { kind: 'takeBack' }>,
): Refusal | null {
  const undo = undoOf(compiled, state, { task: decided, by: actor });
  if (!undo) return refusal('take_back_too_late', { task: decided });
  const { step } = stepInfo(compiled, 'seat' in undo ? undo.frame.step : undo.entry.step);
  return isHuman(step) && step.allow?.takeBack === false ? refusal('act_not_allowed', { act: 'takeBack' }) : null;
}

type Act = Exclude<TaskCommand['kind'], 'complete'>;
type May = (compiled: Compiled, state: State, task: Task) => boolean;

/** Whether the step lets a task be treated so, as it stands. */
const MAY: Record<Act, May> = {
  return: (compiled, _state, task) => allows(compiled, task, 'return'),
  transfer: (compiled, _state, task) => allows(compiled, task, 'transfer'),
  delegate: (compiled, _state, task) => task.owner === null && allows(compiled, task, 'delegate'),
  addSigners: maySign,
  removeSigners: maySign,
  pause: (compiled, _state, task) => task.paused === null && hasPause(compiled, task),
  resume: (_compiled, _state, task) => task.paused !== null,
};

function maySign(compiled: Compiled, state: State, task: Task): boolean {
  return task.owner === null && seatOfTask(state, task) !== undefined && allows(compiled, task, 'addSigners');
}

/** The initiator may withdraw while every step that waits for a person allows it. */
function refuseWithdraw(compiled: Compiled, state: State): Refusal | null {
  if (state.cancelling) return refusal('act_not_allowed', { act: 'withdraw' });
  const forbidding = state.tasks.find((task) => !allows(compiled, task, 'withdraw'));
  return forbidding ? refusal('act_not_allowed', { act: 'withdraw', step: forbidding.step }) : null;
}

/** An outcome of the step that the task does not offer is not for this turn (`when`); another one is a mistake. */
function refuseOutcome(compiled: Compiled, task: Task, outcome: string): Refusal | null {
  const { step } = stepInfo(compiled, task.step);
  const known = isHuman(step) && outcomesOfStep(step).some((one) => one.outcome === outcome);
  if (!known) return refusal('unknown_outcome', { outcome });
  const offered = task.outcomes?.includes(outcome) ?? true;
  return offered ? null : refusal('action_not_offered', { outcome, offered: task.outcomes });
}

function hasPause(compiled: Compiled, task: Task): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && step.pause !== undefined;
}

function allows(compiled: Compiled, task: Task, act: keyof Allow): boolean {
  const { step } = stepInfo(compiled, task.step);
  return isHuman(step) && step.allow?.[act] !== false;
}
