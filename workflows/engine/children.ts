/** Cases that a callActivity has started: they have begun, are over, or escalate something. */
import { heardBefore, noteHeard } from './happen.ts';
import { mergeVars } from './conditions.ts';
import { placeKey } from './items.ts';
import { itemData, writeLog } from './log.ts';
import { raiseEscalation } from './raise.ts';
import { hasRoomFor } from './room.ts';
import type { Run } from './run.ts';
import { findFrame, type Frame, type InFlight } from './state.ts';
import { finishEffect } from './finish-effect.ts';
import { CANCELLED } from './steps/call-activity.ts';
import type { ActivityError, ChildEndedEvent, ChildEscalatedEvent, EngineEvent, Json } from './types.ts';

export type Call = Extract<InFlight, { type: 'call' }>;
type Started = Extract<EngineEvent, { type: 'activityDone' | 'activityFailed' }>;

/** The start of the case has come to an end; whoever calls has taken the effect out of the state. */
export function takeStarted(run: Run, call: Call, frame: Frame | undefined, event: Started): void {
  const data = { ...dataOf(run, call), ...(frame ? {} : { late: true }) };
  if (event.type === 'activityFailed') {
    writeLog(run, 'activity_failed', {
      step: call.step,
      data: { ...data, activity: 'flow.call', error: event.error.code },
    });
    // Whatever there is of it is waited for by nobody: a retry starts another.
    run.cancels.push(call.id);
    if (frame) finishEffect(run, call.id, frame, event.error);
    return;
  }
  writeLog(run, 'child_started', { step: call.step, data });
  if (call.waits) {
    run.state.effects.push({ ...call, begun: true });
    return;
  }
  noteRan(run, call);
  if (frame) finishEffect(run, call.id, frame, null);
}

/** False: nobody waits for it any more. */
export function takeEnded(run: Run, event: ChildEndedEvent): boolean {
  const found = takeCall(run, event.effect);
  if (!found) return false;
  const { call } = found;
  const { status, outcome, error } = event;
  const data = { ...dataOf(run, call), status, outcome, ...(error === null ? {} : { error }) };
  writeLog(run, 'child_ended', { step: call.step, data });
  const hasRoom = writeGiven(run, call, event);
  const { suspended } = run.state;
  if (!suspended) finishCall(run, found, hasRoom ? failureOf(event) : TOO_LARGE);
  // What it gave is written now: whoever amends the record meanwhile has seen it.
  else
    suspended.answers.push({
      event: { ...event, vars: {}, patch: null, ...(hasRoom ? {} : { error: TOO_LARGE.code }) },
      effect: call,
    });
  return true;
}
const TOO_LARGE: ActivityError = { code: 'values_too_large', message: 'values_too_large', ended: true };

function finishCall(run: Run, { call, frame }: Waiting, failure: ActivityError | null): void {
  if (failure === null) noteRan(run, call);
  finishEffect(run, call.id, frame, failure);
}

/** False: the case has no room for it. */
function writeGiven(run: Run, { id }: Call, { vars, patch }: ChildEndedEvent): boolean {
  if (!hasRoomFor(run.compiled, run.state.vars, vars)) return false;
  mergeVars(run, vars);
  if (patch !== null) run.patchEffect = id;
  return true;
}

/** The step goes on waiting, unless what catches it interrupts. */
export function takeEscalated(run: Run, event: ChildEscalatedEvent): boolean {
  const found = findCall(run, event.effect);
  if (!found || heardBefore(run.state, event.id) !== undefined) return false;
  noteHeard(run, event.id);
  const { call, frame } = found;
  writeLog(run, 'child_escalated', { step: call.step, data: { ...dataOf(run, call), code: event.code } });
  raiseEscalation(run, frame, event.code);
  return true;
}

function failureOf({ status, error }: ChildEndedEvent): ActivityError | null {
  const code = status === 'cancelled' ? CANCELLED : error;
  return code === null ? null : { code, message: code, business: true, ended: true };
}

interface Waiting {
  call: Call;
  frame: Frame;
}

function findCall(run: Run, id: number): Waiting | undefined {
  const call = [...run.state.effects, ...untold(run)].find(
    (effect): effect is Call => effect.id === id && effect.type === 'call',
  );
  const found = call?.waits && call.frame !== null ? findFrame(run.state, call.frame) : undefined;
  return call && found && { call, frame: found.frame };
}

/** Of incidents: effects of which the engine failed when it was told that they had begun. */
function untold({ state }: Run): InFlight[] {
  return state.incidents.flatMap(({ resume }) =>
    resume.do === 'event' && resume.event.type === 'activityDone' ? [resume.effect] : [],
  );
}

function takeCall(run: Run, id: number): Waiting | undefined {
  const found = findCall(run, id);
  if (!found) return undefined;
  const { state } = run;
  state.effects = state.effects.filter((effect) => effect.id !== id);
  state.incidents = state.incidents.filter(({ resume }) => resume.do !== 'event' || resume.effect.id !== id);
  return found;
}

function dataOf(run: Run, call: Call): Record<string, Json> {
  return { effect: call.id, flow: call.flow, waits: call.waits, ...itemData(run, call) };
}

/** For `again: skip`. */
function noteRan(run: Run, call: Call): void {
  const key = placeKey(run.compiled, call);
  if (!run.state.ran.includes(key)) run.state.ran.push(key);
}
