/** Messages and signals that come in, and what happens when something that was waited for has come. */
import { isHandlerKey } from './catching.ts';
import { mergeVars } from './conditions.ts';
import { startHandler } from './handlers.ts';
import { writeLog } from './log.ts';
import type { Run } from './run.ts';
import { findFrame, type BranchKey, type Frame, type State, type Waiting } from './state.ts';
import { finishWait } from './steps/index.ts';
import type { MessageEvent, SignalEvent } from './types.ts';
import { turnedTrue } from './waits.ts';

/** How many messages and signals a case remembers. */
const MOST_HEARD = 200;

/** What a frame waited for has come: a handler's branch begins, or the step itself goes on. */
export function happen(run: Run, frame: Frame, part: BranchKey | null): void {
  if (part !== null && isHandlerKey(part)) startHandler(run, frame, part);
  else finishWait(run, frame, part);
}

/** A message goes to the one that it is meant for, or that waits longest, a signal to all. False: nobody waits, or it was heard before. */
export function hear(run: Run, event: MessageEvent | SignalEvent): boolean {
  const takers = takersOf(run.state, event);
  const first = takers[0];
  if (first === undefined || heardBefore(run.state, event.id)) return false;
  mergeVars(run, event.vars);
  noteHeard(run, event.id);
  const { id, name } = event;
  const step = findFrame(run.state, first.frame)?.frame.step ?? null;
  if (event.type === 'message')
    writeLog(run, 'message_received', { step, data: { id, name, key: event.key, part: first.part } });
  else writeLog(run, 'signal_received', { step, data: { id, name, part: first.part } });
  for (const wait of takers) happenTo(run, wait);
  return true;
}

export function noteHeard({ state }: Run, id: string): void {
  state.heard = [...state.heard, { id, rev: state.rev + 1 }].slice(-MOST_HEARD);
}

/** The rev at which a message or signal was taken. */
export function heardBefore({ heard }: State, id: string): number | undefined {
  return heard.find((each) => each.id === id)?.rev;
}

/** Who in the case takes it. */
export function takersOf(
  { waits }: Pick<State, 'waits'>,
  event: Pick<MessageEvent, 'type' | 'name' | 'key' | 'wait'> | Pick<SignalEvent, 'type' | 'name'>,
): Waiting[] {
  const { type: kind, name } = event;
  if (kind === 'signal') return waits.filter((wait) => wait.for.kind === kind && wait.for.name === name);
  const { key, wait: meant } = event;
  return waits
    .filter((wait) => wait.for.kind === kind && wait.for.name === name && wait.for.key === key)
    .filter(({ id }) => meant === undefined || id === meant)
    .slice(0, 1);
}

/** Unless what another of them did has closed it. */
export function happenTo(run: Run, { id, frame, part }: Waiting): void {
  const found = run.state.waits.some((wait) => wait.id === id) ? findFrame(run.state, frame) : undefined;
  if (found) happen(run, found.frame, part);
}

/** Lets the first condition that has turned true happen; undefined: none has. */
export function nextCondition(run: Run): Waiting | undefined {
  return run.state.root === null ? undefined : turnedTrue(run);
}
