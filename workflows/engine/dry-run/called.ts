/** A case that is called is begun and over in the same moment, as whoever was asked says: it is never played itself. */
import type { InFlight } from '../state.ts';
import type { Simulation } from '../simulate.ts';
import { CANCELLED } from '../steps/call-activity.ts';
import type { CallAnswer } from './types.ts';

export type Call = Extract<InFlight, { type: 'call' }>;

export function passCall(simulation: Simulation, { id, waits, begun }: Call, answer: CallAnswer): void {
  // One that a running case waits for has begun already.
  if (!begun) simulation.consume({ type: 'activityDone', effect: id, vars: {}, patch: null });
  if (!waits) return;
  const { outcome, error, vars } = answer;
  if (error === CANCELLED) simulation.childEnded(id, { outcome, cancelled: true, vars });
  else simulation.childEnded(id, { outcome, vars, ...(error !== null && { error }) });
}
