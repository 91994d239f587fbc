/** What a return, or a move by an operator, would do, found out on a copy of the state: the engine steps, and nobody hears of it. */
import type { Compiled } from '../engine/compile.ts';
import { refuse } from '../engine/refuse.ts';
import { findFrame, type State } from '../engine/state.ts';
import type { Command } from '../engine/types.ts';
import type { ModifyWish, ReturnPlan, ReturnWish } from '../messages.ts';
import { consumeSafely } from './consume.ts';

export function planReturn(compiled: Compiled, state: State, wish: ReturnWish, now: number): ReturnPlan {
  const plan = planAct(compiled, state, { ...wish, kind: 'return', ...commonOf(state) }, now);
  return 'refusal' in plan ? plan : { ...plan, cancels: plan.cancels.filter((task) => task !== wish.task) };
}

export function planModify(compiled: Compiled, state: State, wish: ModifyWish, now: number): ReturnPlan {
  return planAct(compiled, state, { ...wish, kind: 'modify', ...commonOf(state) }, now);
}

function commonOf({ flowVersion }: State) {
  return { id: 'plan', n: 0, lowestPending: 0, flowVersion, vars: {} };
}

function planAct(compiled: Compiled, state: State, command: Command, now: number): ReturnPlan {
  const refusal = refuse(compiled, state, command);
  if (refusal) return { refusal };
  const result = consumeSafely(compiled, state, { type: 'command', command }, now);
  if ('refusal' in result) return result;
  const { closed = [], opened = [] } = result.delta ?? {};
  const asked = result.effects.flatMap(({ type, step }) => (type === 'resolve' ? [step] : []));
  const undoing = result.state.undoing.filter(
    ({ frame }) => !state.undoing.some((known) => known.frame.id === frame.id),
  );
  const here = new Set(opened.map(({ task }) => task));
  return {
    cancels: closed.map(({ task }) => task),
    stays: result.state.tasks.map(({ id }) => id).filter((id) => !here.has(id)),
    compensates: undoing.flatMap(({ frame, rest }) => [frame, ...rest]).map(({ step }) => step ?? ''),
    opens: [
      ...opened.map(({ step, assignee, pool }) => ({ step, assignee, pool })),
      ...asked.map((step) => ({ step, assignee: null, pool: null })),
      // What waits for the compensations opens after them.
      ...undoing
        .flatMap(({ opens }) => opens)
        .map((id) => ({ step: findFrame(result.state, id)?.frame.step ?? '', assignee: null, pool: null })),
    ],
  };
}
