/** jump: goes on at a named step of a sequence around it; what it stands in is closed. */
import type { Jump } from '../flow.gen.ts';
import { roundsOf } from '../items.ts';
import { goTo } from '../return.ts';
import type { Behaviour } from './behaviour.ts';

export const jump: Behaviour<Jump> = {
  open: (run, frame, { to }) => {
    goTo(run, { step: to, item: roundsOf(run.compiled, to, frame.item) }, { isJump: true });
  },
};
