/** end: ends the case here with an outcome, whatever else is open. */
import type { End } from '../flow.gen.ts';
import { endCase, type Run } from '../run.ts';

export function openEnd(run: Run, step: End): void {
  endCase(run, 'completed', step.outcome);
}
