/** jump: goes on at a named step of a sequence around it; what it stands in is closed. */
import { mayGoOn } from '../alone.ts';
import type { Jump } from '../flow.gen.ts';
import { roundsOf } from '../items.ts';
import { goTo } from '../return.ts';
import { openIncident } from '../run.ts';
import { OVER_BUDGET } from '../step-budget.ts';
import type { Behaviour } from './behaviour.ts';

export const jump: Behaviour<Jump> = {
  open: (run, frame, { to }) => {
    if (mayGoOn(run, frame)) goTo(run, { step: to, item: roundsOf(run.compiled, to, frame.item) }, { isJump: true });
    else openIncident(run, frame, OVER_BUDGET);
  },
};
