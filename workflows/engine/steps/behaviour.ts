/** What a kind of step does with what can happen to it. A new kind is one file with one of these and one line in index.ts. */
import type { Step } from '../flow.gen.ts';
import type { Holders } from '../people.ts';
import type { Run } from '../run.ts';
import type { BranchKey, Decision, Frame } from '../state.ts';
import type { ActivityError } from '../types.ts';

/** Beside `open` each is there for the kinds it can happen to. */
export interface Behaviour<S extends Step> {
  /** The case arrives at the step. */
  open: (run: Run, frame: Frame, step: S) => void;
  /** The people it asked for are known. */
  givePeople?: (run: Run, frame: Frame, step: S, holders: Holders) => void;
  /** One of its tasks is decided. */
  decideTask?: (run: Run, frame: Frame, step: S, decision: Decision) => void;
  /** A sequence inside it is done; its scope is still among the children. */
  finishScope?: (run: Run, frame: Frame, step: S, scope: Frame) => void;
  /** What it waited for has come; `part` of a race: for which branch. */
  finishWait?: (run: Run, frame: Frame, step: S, part: BranchKey | null) => void;
  /** Its activity came to an end. */
  finishActivity?: (run: Run, frame: Frame, step: S, failure: ActivityError | null) => void;
}
