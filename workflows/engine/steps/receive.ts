/** receive: waits for a message with its correlation key. Nobody holds it. */
import type { Receive } from '../flow.gen.ts';
import { arm } from '../waits.ts';
import type { Behaviour } from './behaviour.ts';

export const receive: Behaviour<Receive> = {
  open: (run, frame) => {
    arm(run, frame, null);
  },
  finishWait: (run, frame) => {
    run.agenda.push({ do: 'leave', frame: frame.id });
  },
};
