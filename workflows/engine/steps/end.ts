/** end: ends the case here with an outcome, whatever else is open. */
import type { End } from '../flow.gen.ts';
import { endCase } from '../run.ts';
import type { Behaviour } from './behaviour.ts';

export const end: Behaviour<End> = {
  open: (run, _frame, { outcome }) => {
    endCase(run, 'completed', outcome);
  },
};
