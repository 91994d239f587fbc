/**
 * What may happen from outside or beside: handlers on steps and on the flow, branches of a race, a receive. Where each stands in its step is
 * told by the key of its branch: `instead.<handler>` takes the place of what the handler is on, `beside.<handler>` runs beside it.
 */
import type { Flow, Handler, Receive, Step, Wait } from './flow.gen.ts';
import type { BranchKey } from './state.ts';
import type { StepId } from './types.ts';
import { must } from './unreachable.ts';

/** What is waited for, however it is written. */
export type Catching = Handler | Wait | Received;
type Received = { catch: 'message'; name: string } & Pick<Receive, 'key' | 'early' | 'output'>;

export interface Handling {
  key: BranchKey;
  handler: Handler;
}

/** The handlers on a step or on the flow, in their order. */
export function handlersOn(owner: Step | Flow): Handling[] {
  const on = 'on' in owner ? (owner.on ?? []) : [];
  return on.map((handler) => ({ key: keyOf(handler), handler }));
}

/** The branch that undoes a step, by its handler; undefined: none does. */
export function undoingOn(step: Step): { branch: BranchKey } | undefined {
  const found = handlersOn(step).find(({ handler }) => handler.catch === 'compensation');
  return found && { branch: found.key };
}

function keyOf(handler: Handler): BranchKey {
  return `${isInterrupting(handler) ? INSTEAD : BESIDE}${handler.id}`;
}
const INSTEAD = 'instead.';
const BESIDE = 'beside.';

/** Errors and the end of the case always are; what is done is not interrupted by being undone. */
export function isInterrupting(handler: Pick<Handler, 'id' | 'catch'> & { interrupting?: boolean }): boolean {
  return handler.catch !== 'compensation' && (handler.interrupting ?? true);
}

export function isHandlerKey(branch: BranchKey): boolean {
  return isInstead(branch) || branch.startsWith(BESIDE);
}

/** Whether a branch takes the place of what its handler is on. */
export function isInstead(branch: BranchKey): boolean {
  return branch.startsWith(INSTEAD);
}

/** Id of the handler that a branch belongs to. */
export function handlerOf(branch: BranchKey): string {
  return branch.slice(branch.indexOf('.') + 1);
}

/** Engine expressions of what is waited for, below `property`. */
export function catchingExpressions(catching: Handler | Wait, property: string): { property: string; text: string }[] {
  const texts = {
    at: catching.catch === 'timer' ? catching.at : undefined,
    key: catching.catch === 'message' ? catching.key : undefined,
    when: catching.catch === 'condition' ? catching.when : undefined,
  };
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [{ property: `${property}.${name}`, text }],
  );
}

/** Where something is caught: in a step (null: on the flow), as the step itself (null) or by the key of one of its branches. */
export interface CatchingAt {
  step: StepId | null;
  part: BranchKey | null;
}

/** As much of a compiled flow as says what is caught where. */
interface Caught {
  flow: Flow;
  steps: ReadonlyMap<StepId, { step: Step }>;
}

/** What is caught there. @throws for a place that is none, which only a broken state can name. */
export function catchingOf({ flow, steps }: Caught, { step: id, part }: CatchingAt): Catching {
  const step = id === null ? flow : steps.get(id)?.step;
  const found = step && (caughtByStep(step, part) ?? handlersOn(step).find(({ key }) => key === part)?.handler);
  return must(found, `what ${String(id)} catches as ${String(part)}`);
}

function caughtByStep(step: Step | Flow, part: BranchKey | null): Catching | undefined {
  if (!('kind' in step)) return undefined;
  if (step.kind === 'receive') return part === null ? received(step) : undefined;
  return step.kind === 'race' ? step.branches.find((_, index) => part === `branches.${index}`)?.wait : undefined;
}

function received({ message, key, early, output }: Receive): Received {
  return { catch: 'message', name: message, key, ...(early ? { early } : {}), ...(output ? { output } : {}) };
}
