/**
 * 跳过: an operator passes over a step that waits, with the outcome it counts as where people would have decided. What was in flight for it
 * is let finish. Of an incident beside a task only what it stopped is left out; of a failed compensation, what it would have undone.
 */
import { isHandlerKey } from './catching.ts';
import { stepInfo, type Compiled } from './compile.ts';
import { writeLog } from './log.ts';
import { closeUnder, endCase, type Run } from './run.ts';
import { allTimers, findFrame, framesUnder, type Frame, type OpenIncident, type Resume, type State } from './state.ts';
import { resumeTask } from './tasks.ts';
import { recordOutcome } from './trail.ts';
import { isHuman, outcomesOfStep } from './tree.ts';
import type { Refusal, SkipCommand, TaskId } from './types.ts';
import { must } from './unreachable.ts';
import { isNoHandler, isOfStep } from './views.ts';

/** What a skip is about: a step that waits, or an incident beside a task or of a handler (task null), without which the step goes on. */
type Target = { frame: Frame } | { incident: OpenIncident; task: TaskId | null };

export function refuseSkip(compiled: Compiled, state: State, command: SkipCommand): Refusal | null {
  const { step, incident, outcome } = command;
  if (incident !== null && !state.incidents.some(({ id }) => id === incident))
    return { code: 'incident_unknown', params: { incident } };
  const target = targetOf(state, command);
  if (!target) return { code: 'step_not_waiting', params: { step, items: itemsOf(state, command) } };
  if (!('frame' in target) || target.frame.undoes) return null;
  const { step: found } = stepInfo(compiled, target.frame.step);
  if (!isHuman(found)) return null;
  const isKnown = outcomesOfStep(found).some((one) => one.outcome === outcome && !one.returnTo);
  return isKnown ? null : { code: 'unknown_outcome', params: { outcome } };
}

/** Undefined: nothing waits there, or in several rounds and none is named. */
function targetOf(state: State, command: SkipCommand): Target | undefined {
  if (command.incident !== null) return targetOfIncident(state, command.incident);
  const [first, ...more] = waitingAt(state, command);
  return first && more.length === 0 ? { frame: first } : undefined;
}

function targetOfIncident(state: State, id: number): Target | undefined {
  const incident = state.incidents.find((open) => open.id === id);
  if (!incident) return undefined;
  const task = besideTask(incident.resume);
  if (task !== null || isOfHandler(incident)) return { incident, task };
  const frame = findFrame(state, incident.frame)?.frame;
  return frame && { frame };
}

/** The task that goes on whatever becomes of the incident; null: its step waits for it. */
function besideTask(resume: Resume): TaskId | null {
  if ('task' in resume) return resume.task;
  if (resume.do === 'timer') return resume.timer.task;
  if (resume.do === 'event' && resume.effect.type === 'resolve' && resume.effect.purpose.for === 'transfer')
    return resume.effect.purpose.task;
  return null;
}

/** A handler that could not be set, or whose timer failed: its step does not wait for it. */
function isOfHandler({ resume }: OpenIncident): boolean {
  if (resume.do === 'arm') return resume.part !== null && isHandlerKey(resume.part);
  return resume.do === 'timer' && resume.timer.task === null && !isOfStep(resume.timer.what);
}

function waitingAt(state: State, { step, item }: SkipCommand): Frame[] {
  const open = [
    ...state.tasks,
    ...state.effects,
    ...state.incidents.filter((incident) => !isOfHandler(incident)),
    ...allTimers(state).filter(({ what }) => isOfStep(what)),
    ...state.waits.filter(isNoHandler),
  ];
  const waiting = new Set(open.map(({ frame }) => frame));
  const frames = state.root === null ? [] : [...framesUnder(state.root)];
  return frames.filter(
    (frame) =>
      frame.step === step && frame.branch === null && (item === null || frame.item === item) && waiting.has(frame.id),
  );
}

function itemsOf(state: State, command: SkipCommand): string[] {
  return waitingAt(state, { ...command, item: null }).flatMap(({ item }) => item ?? []);
}

export function skip(run: Run, command: SkipCommand): void {
  const { item, incident, outcome } = command;
  const target = must(targetOf(run.state, command), 'what is skipped');
  if (!('frame' in target)) {
    writeLog(run, 'step_skipped', { step: target.incident.step, data: { incident } });
    leaveOut(run, target);
    return;
  }
  const { frame } = target;
  const { step } = stepInfo(run.compiled, frame.step);
  const undone = frame.undoes ? { undoes: frame.undoes.effect } : {};
  writeLog(run, 'step_skipped', { step: step.id, data: { item, incident, outcome, ...undone } });
  closeUnder(run, frame);
  if (!frame.undoes && isHuman(step)) {
    recordOutcome(run, frame, { skipped: outcome ?? '', approvers: [] });
    if (step.kind === 'approval' && outcome === 'rejected' && step.onRejected === 'end') {
      endCase(run, 'completed', 'rejected');
      return;
    }
  }
  run.agenda.push({ do: 'leave', frame: frame.id });
}

/** The end of a pause cannot be left out: the task goes on. */
function leaveOut(run: Run, { incident, task }: Extract<Target, { incident: OpenIncident }>): void {
  const { state } = run;
  state.incidents = state.incidents.filter((open) => open !== incident);
  const { resume } = incident;
  const open = state.tasks.find(({ id }) => id === task);
  if (open && resume.do === 'timer' && resume.timer.what.kind === 'resume') resumeTask(run, open);
}
