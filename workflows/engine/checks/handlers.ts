/** Handlers and waits: what they catch can happen, at a time that can be told, and where it makes sense. */
import { handlersOn, isHandlerKey, isInstead, isInterrupting } from '../catching.ts';
import type { Checking } from '../check.ts';
import { durationMs } from '../duration.ts';
import type { Flow, Handler, Step, Wait } from '../flow.gen.ts';
import type { Visit } from '../tree.ts';
import type { StepId } from '../types.ts';

/** Steps that call something which may refuse as its business. */
const CALLING: ReadonlySet<string> = new Set(['serviceTask', 'callActivity']);

export function checkHandlers(checking: Checking): void {
  const seen = new Set<string>(checking.visits.map(({ step }) => step.id));
  const owners: (Flow | Step)[] = [checking.flow, ...checking.visits.map(({ step }) => step)];
  for (const owner of owners) {
    for (const [index, { handler }] of handlersOn(owner).entries()) {
      const place = { step: idOf(owner), property: `on.${index}` };
      if (seen.has(handler.id)) checking.report(place.step, `${place.property}.id`, 'handler_id_duplicate');
      seen.add(handler.id);
      checkHandler(checking, owner, place, handler);
    }
    if ('kind' in owner && owner.kind === 'race')
      for (const [index, { wait }] of owner.branches.entries())
        checkTime(checking, { step: owner.id, property: `branches.${index}.wait` }, wait);
  }
}

interface Place {
  step: StepId | null;
  property: string;
}

function idOf(owner: Flow | Step): StepId | null {
  return 'kind' in owner ? owner.id : null;
}

function checkHandler(checking: Checking, owner: Flow | Step, place: Place, handler: Handler): void {
  const { report } = checking;
  checkTime(checking, place, handler);
  if (handler.catch === 'timer' && handler.every !== undefined && isInterrupting(handler))
    report(place.step, `${place.property}.every`, 'every_interrupting');
  if (handler.catch === 'cancel' && !isScope(owner))
    report(place.step, `${place.property}.catch`, 'cancel_of_no_scope');
  if (!mayHappen(checking, owner, handler)) report(place.step, `${place.property}.catch`, 'handler_never_happens');
  const before = coveredBy(owner, handler);
  if (before) report(place.step, `${place.property}.catch`, 'handler_covered', { by: before.id });
}

/** The handler before it that catches all that it could: the first that fits is the one that happens. */
function coveredBy(owner: Flow | Step, handler: Handler): Handler | undefined {
  const all = handlersOn(owner).map(({ handler: each }) => each);
  const earlier = all.slice(0, all.indexOf(handler));
  if (handler.catch === 'escalation')
    return earlier.find(
      (each) => each.catch === 'escalation' && (each.code === undefined || each.code === handler.code),
    );
  if (handler.catch !== 'error') return undefined;
  return earlier.find(
    (each) =>
      each.catch === 'error' &&
      (each.codes === undefined || (handler.codes?.every((code) => includes(each.codes, code)) ?? false)),
  );
}

function isScope(owner: Flow | Step): boolean {
  return !('kind' in owner) || owner.kind === 'subProcess';
}

function checkTime({ report }: Checking, { step, property }: Place, catching: Handler | Wait): void {
  if (catching.catch !== 'timer') return;
  const { in: budget, at } = catching;
  const every = everyOf(catching);
  if ([budget, at, every].every((time) => time === undefined)) report(step, `${property}.in`, 'timer_without_time');
  if (budget !== undefined && at !== undefined) report(step, `${property}.at`, 'timer_times_two');
  const { calendar } = catching;
  const counted = budget ?? every;
  if (calendar !== undefined && counted === undefined) report(step, `${property}.calendar`, 'calendar_unused');
  for (const [name, text] of Object.entries({ in: budget, every }))
    if (isZero(text)) report(step, `${property}.${name}`, 'duration_zero');
}

function everyOf(catching: { every?: string } | object): string | undefined {
  return 'every' in catching ? catching.every : undefined;
}

function isZero(duration: string | undefined): boolean {
  return duration !== undefined && durationMs(duration) === 0;
}

/** Errors and escalations come from inside only. */
function mayHappen({ visits }: Checking, owner: Flow | Step, handler: Handler): boolean {
  if (handler.catch !== 'error' && handler.catch !== 'escalation') return true;
  return visits.some((visit) => isInside(visit, owner) && raises(visit.step, handler));
}

/** Whether what a step raises comes by what the handler is on: not from a branch that has taken its place. */
function isInside({ step, path }: Visit, owner: Flow | Step): boolean {
  const id = idOf(owner);
  if (step.id === id) return true;
  return path.some(
    (place) => place.owner === id && (!isHandlerKey(place.branch) || (isScope(owner) && !isInstead(place.branch))),
  );
}

function raises(step: Step, handler: Extract<Handler, { catch: 'error' | 'escalation' }>): boolean {
  if (handler.catch === 'error')
    return (
      CALLING.has(step.kind) || (step.kind === 'end' && step.ends === 'error' && includes(handler.codes, step.outcome))
    );
  // What is escalated in a case that is waited for comes out of it.
  if (step.kind === 'callActivity') return step.wait !== false;
  return step.kind === 'throw' && step.send === 'escalation' && (handler.code ?? step.code) === step.code;
}

function includes(codes: string[] | undefined, code: string): boolean {
  return codes?.includes(code) ?? true;
}
