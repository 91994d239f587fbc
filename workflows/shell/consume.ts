/** The engine behind a wall: whatever it throws becomes an incident or a refusal, never a workflow task that fails for ever. */
import type { Compiled } from '../engine/compile.ts';
import { crash, isUnwaited } from '../engine/crash.ts';
import type { State } from '../engine/state.ts';
import { step, type StepResult } from '../engine/step.ts';
import type { EngineEvent, Refusal, StepContext } from '../engine/types.ts';

export type Consumed = StepResult | { refusal: Refusal };

export function consumeSafely(compiled: Compiled, state: State, event: EngineEvent, context: StepContext): Consumed {
  const { now } = context;
  try {
    return step(compiled, state, event, context);
  } catch {
    // The state is as it was before the event. What was thrown may quote values, so it goes into no history.
    if (event.type === 'command') return { refusal: { code: 'engine_error', params: { kind: event.command.kind } } };
    if (!isUnwaited(event)) return { refusal: { code: 'engine_error', params: { kind: event.type } } };
    return crash(compiled, state, event, now);
  }
}
