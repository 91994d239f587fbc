/** cc 抄送: tells people and goes on; nobody is waited for. */
import type { Cc } from '../flow.gen.ts';
import { askPeople, type Holders } from '../people.ts';
import type { Run } from '../run.ts';
import type { Frame } from '../state.ts';
import type { Notice } from '../types.ts';
import type { Behaviour } from './behaviour.ts';
import { stopWithoutPeople } from './human.ts';

export const cc: Behaviour<Cc> = {
  open: (run, frame, step) => {
    const holders = askPeople(run, frame, step.people, { for: 'step' });
    if (holders) givePeople(run, frame, step, holders);
  },
  givePeople,
};

function givePeople(run: Run, frame: Frame, step: Cc, holders: Holders): void {
  if (holders === 'incident') {
    stopWithoutPeople(run, frame, step.people);
    return;
  }
  if (holders !== 'skip') run.notices.push(...noticesTo(step, holders));
  run.agenda.push({ do: 'leave', frame: frame.id });
}

function noticesTo(step: Cc, holders: Exclude<Holders, string>): Notice[] {
  const told = { kind: 'cc' as const, step: step.id, task: null };
  const persons = holders.flatMap(({ assignee }) => (assignee === null ? [] : [assignee]));
  const pools = holders.flatMap(({ pool }) => (pool === null ? [] : [{ ...told, to: { role: pool } }]));
  return persons.length > 0 ? [{ ...told, to: { persons } }, ...pools] : pools;
}
