/** Boundary events and event sub-processes as handlers. */
import type { Handler, Sequence } from '../engine/flow.gen.ts';
import { conditionOf, errorCode, escalationCode, timerOf, waitOf } from './catching.ts';
import type { Node } from './graph.ts';
import { claim, titleOf, type Making } from './making.ts';
import { Refused } from './refusal.ts';

/** What a cancel end event raises, for the cancel event on its transaction. */
export const CANCELLED = 'transaction_cancelled';

/** `event`: says what is caught. The branch ran first in the file, so its steps are made already. */
export function toHandler(making: Making, event: Node, isInstead: boolean, steps: Sequence): Handler {
  const base = { id: claim(making, event), title: titleOf(event), steps };
  const beside = isInstead ? {} : { interrupting: false };
  switch (event.event) {
    case 'timer': {
      const { every, times, ...timer } = timerOf(making, event);
      if (every === undefined) return { catch: 'timer', ...base, ...timer, ...beside };
      if (isInstead || times === 1) return { catch: 'timer', ...base, in: every, ...beside };
      return { catch: 'timer', ...base, every, ...(times === undefined ? {} : { times }), ...beside };
    }
    case 'message':
    case 'signal':
      return { ...base, ...waitOf(making, event), ...beside } as Handler;
    case 'conditional':
      return { catch: 'condition', ...base, when: conditionOf(making, event), ...beside };
    case 'error':
      return { catch: 'error', ...base, ...codesOf(making, event) };
    case 'cancel':
      return { catch: 'error', ...base, codes: [CANCELLED] };
    case 'escalation': {
      const code = escalationCode(event);
      return {
        catch: 'escalation',
        ...base,
        ...(code === undefined ? {} : { code: making.keys.of('escalation', code) }),
        ...beside,
      };
    }
    default:
      throw new Refused('event_unknown', event.id, `${event.event ?? 'a plain event'} cannot be caught here`);
  }
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
