/** loop: its steps in rounds, until the condition is true after one, at most `max` of them. */
import { conditionOf } from '../conditions.ts';
import type { Loop } from '../flow.gen.ts';
import { openIncident, type Run } from '../run.ts';
import type { Frame } from '../state.ts';
import { ROOT } from '../tree.ts';
import type { Behaviour } from './behaviour.ts';
import { enterBranches } from './branches.ts';

export const loop: Behaviour<Loop> = {
  // Opened again by a retry, it asks again whether the round it has done was the last.
  open: (run, frame, step) => {
    if (frame.at === 0) enterRound(run, frame);
    else goOn(run, frame, step);
  },
  finishScope: (run, frame, step) => {
    frame.children = [];
    goOn(run, frame, step);
  },
};

function goOn(run: Run, frame: Frame, step: Loop): void {
  const result = conditionOf(run, frame, step.until);
  if (!result.ok) openIncident(run, frame, { code: result.code, detail: result.detail, resume: { do: 'open' } });
  else if (result.value || frame.at >= step.max) run.agenda.push({ do: 'leave', frame: frame.id });
  else enterRound(run, frame);
}

function enterRound(run: Run, frame: Frame): void {
  frame.at += 1;
  const round = String(frame.at);
  enterBranches(run, frame, [ROOT], frame.item === null ? round : `${frame.item}/${round}`);
}
