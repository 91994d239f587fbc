/** Boundary events and event sub-processes as handlers. */
import type { Handler, Sequence } from '../engine/flow.gen.ts';
import { conditionOf, errorCode, escalationCode, notWaitedFor, onceOf, timerOf, waitOf } from './catching.ts';
import { elementIn, isTransaction } from './element.ts';
import type { Node } from './graph.ts';
import { claim, titleOf, type Making } from './making.ts';
import { Refused } from './refusal.ts';

/** What a cancel end event raises, for the cancel event on its transaction. */
export const CANCELLED = 'transaction_cancelled';

type Base = Pick<Handler, 'id' | 'steps'> & { title: { 'zh-CN': string; en: string } };
type Maker = (making: Making, event: Node, base: Base, isInstead: boolean) => Handler;

const MAKERS: Record<string, Maker> = {
  timer: timerHandler,
  message: (making, event, base, isInstead) => ({ ...base, ...waitOf(making, event), ...beside(isInstead) }),
  signal: (making, event, base, isInstead) => ({ ...base, ...waitOf(making, event), ...beside(isInstead) }),
  conditional: (making, event, base, isInstead) => {
    return { catch: 'condition', ...base, when: conditionOf(making, event), ...beside(isInstead) };
  },
  compensate: (_making, _event, base) => ({ catch: 'compensation', ...base }),
  error: (making, event, base) => ({ catch: 'error', ...base, ...codesOf(making, event) }),
  cancel: (_making, event, base) => {
    if (!isTransaction(elementIn(event.element, 'attachedToRef')))
      throw new Refused('event_unknown', event.id, 'only a transaction is cancelled');
    return { catch: 'error', ...base, codes: [CANCELLED] };
  },
  escalation: (making, event, base, isInstead) => {
    const code = escalationCode(event);
    const named = code === undefined ? {} : { code: making.keys.of('escalation', code) };
    return { catch: 'escalation', ...base, ...named, ...beside(isInstead) };
  },
};

/** `event`: says what is caught; `steps`: its branch. */
export function toHandler(making: Making, event: Node, isInstead: boolean, steps: Sequence): Handler {
  const kind = event.event ?? '';
  const maker = Object.hasOwn(MAKERS, kind) ? MAKERS[kind] : undefined;
  if (!maker) throw new Refused('event_unknown', event.id, notWaitedFor(event.event));
  return maker(making, event, { id: claim(making, event), title: titleOf(event), steps }, isInstead);
}

function beside(isInstead: boolean): { interrupting?: false } {
  return isInstead ? {} : { interrupting: false };
}

function timerHandler(making: Making, event: Node, base: Base, isInstead: boolean): Handler {
  const timer = timerOf(making, event);
  const { every, times, again } = timer;
  if (isInstead || times === 1 || (every === undefined && !again))
    return { catch: 'timer', ...base, ...onceOf(timer), ...beside(isInstead) };
  if (every === undefined)
    throw new Refused('duration_unknown', event.id, 'how often it comes beside its activity, only a value says');
  return { catch: 'timer', ...base, every, ...(times === undefined ? {} : { times }), ...beside(isInstead) };
}

function codesOf(making: Making, event: Node): { codes?: string[] } {
  const code = errorCode(event);
  return code === undefined ? {} : { codes: [making.keys.of('error', code)] };
}

/** Whoever catches all comes after whoever catches one code. */
export function inOrder(handlers: Handler[]): Handler[] {
  const isCatchAll = (handler: Handler): boolean =>
    (handler.catch === 'error' && handler.codes === undefined) ||
    (handler.catch === 'escalation' && handler.code === undefined);
  return [...handlers.filter((handler) => !isCatchAll(handler)), ...handlers.filter(isCatchAll)];
}
