/** What a return, or a move by an operator, would do, found out on a copy of the state: the engine steps, and nobody hears of it. */
import type { Compiled } from '../engine/compile.ts';
import { refuse } from '../engine/refuse.ts';
import { findFrame, type State } from '../engine/state.ts';
import type { Command, DeltaEntry, Effect, Place, ResolvedPeople, StepId } from '../engine/types.ts';
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
  const first = consumeSafely(compiled, state, { type: 'command', command }, { now });
  if ('refusal' in first) return first;
  const after = confirmAll(compiled, first, now);
  const closed = after.entries.flatMap((entry) => entry.closed);
  const opened = after.entries.flatMap((entry) => entry.opened);
  const undoing = after.state.undoing.filter(
    ({ frame }) => !state.undoing.some((known) => known.frame.id === frame.id),
  );
  const here = new Set(opened.map(({ task }) => task));
  return {
    cancels: closed.map(({ task }) => task),
    stays: after.state.tasks.map(({ id }) => id).filter((id) => !here.has(id)),
    compensates: undoing.flatMap(({ frame, rest }) => [frame, ...rest]).map(placeOf),
    opens: [
      ...opened.map(({ step, item, assignee, pool }) => ({ step, item, assignee, pool })),
      ...after.asked.map((place) => ({ ...place, assignee: null, pool: null })),
      // What waits for the compensations opens after them.
      ...undoing
        .flatMap(({ opens }) => opens)
        .map((id) => ({ ...placeIn(after.state, id), assignee: null, pool: null })),
    ],
  };
}

type Consumed = Exclude<ReturnType<typeof consumeSafely>, { refusal: unknown }>;

function placeIn(state: State, frame: number): Place {
  return placeOf(findFrame(state, frame)?.frame ?? { step: null, item: null });
}

function placeOf({ step, item }: { step: StepId | null; item: string | null }): Place {
  return { step: step ?? '', item };
}

interface Confirmed {
  state: State;
  entries: DeltaEntry[];
  /** Where the people are those that only the organisation knows. */
  asked: Place[];
}

/** People whom the engine names are taken to be there. */
function confirmAll(compiled: Compiled, first: Consumed, now: number): Confirmed {
  const found: Confirmed = { state: first.state, entries: first.delta ? [first.delta] : [], asked: [] };
  const effects = [...first.effects];
  for (let effect = effects.shift(); effect; effect = effects.shift()) {
    if (effect.type !== 'resolve') continue;
    const people = peopleOf(effect);
    const next =
      people && consumeSafely(compiled, found.state, { type: 'resolved', effect: effect.id, people }, { now });
    if (!next || 'refusal' in next) found.asked.push(askedAt(found.state, effect));
    else {
      found.state = next.state;
      found.entries.push(...(next.delta ? [next.delta] : []));
      effects.push(...next.effects);
    }
  }
  return found;
}

function askedAt(state: State, { id, step }: Resolve): Place {
  const effect = state.effects.find((open) => open.id === id);
  return effect?.type === 'resolve' ? placeIn(state, effect.frame) : { step, item: null };
}

function peopleOf({ assign, given, initiator, headForInitiator }: Resolve): ResolvedPeople | undefined {
  if (given === null || assign.rule === 'expression') return undefined;
  if (headForInitiator && given.includes(initiator)) return undefined;
  return { persons: given, explanation: { rule: assign.rule, inputs: {} } };
}
type Resolve = Extract<Effect, { type: 'resolve' }>;
