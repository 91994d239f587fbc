/** Whose time a task takes: whenever that changes, the stretch before it goes into the delta. */
import { reckonerFor } from './reckoners.ts';
import type { Run } from './run.ts';
import type { Task } from './state.ts';
import type { Spent } from './types.ts';

/** Closes the stretch that ends now. Called before whatever ends it. */
export function spend(run: Run, task: Task): void {
  const { now } = run;
  const from = task.countedTo;
  task.countedTo = now;
  if (from === null || from >= now) return;
  const { id, step, assignee: person } = task;
  const { by } = task.clock;
  const workingMs = by === null ? null : reckonerFor(run, by.calendar).between(from, now);
  const counted = by === null ? {} : { by: { calendar: by.calendar, version: by.version } };
  run.spent.push({ task: id, step, party: partyOf(task), person, from, to: now, workingMs, ...counted });
}

function partyOf({ clock, paused, assignee }: Task): Spent['party'] {
  if (clock.standing !== null) return 'suspended';
  if (paused) return paused.waitingFor;
  return assignee === null ? 'pool' : 'holder';
}
