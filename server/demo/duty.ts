/** Two weeks of duty from the day of the load, and the mass faults that are open on it (content/demo/duty.json). */
import { addDays } from './days.ts';
import { demoId } from './random.ts';
import type { Row } from './rows.ts';
import type { DutySource } from './sources.ts';
import { instantOf } from './values.ts';

const dayBegins = '08:00';
const nightBegins = '20:00';

interface Day {
  /** ISO date of the load. */
  today: string;
  timeZone: string;
}

export function makeDuty({ days, turns }: DutySource, { today, timeZone }: Day): Row[] {
  const at = (offset: number, time: string): string => instantOf(addDays(today, offset), time, timeZone);
  return turns.flatMap(({ role, day, night }) =>
    // The night before counts too: who loads the demo before eight finds somebody on duty.
    Array.from({ length: days + 1 }, (_, index) => index - 1).flatMap((offset) => {
      const turn = (kind: string, people: string[], from: string, to: string): Row => {
        const username = people[(offset + people.length) % people.length] ?? '';
        const fields = { person: demoId('person', username), role, from, to };
        return { id: demoId('duty', role, kind, offset), fields };
      };
      return [
        turn('day', day, at(offset, dayBegins), at(offset, nightBegins)),
        turn('night', night, at(offset, nightBegins), at(offset + 1, dayBegins)),
      ];
    }),
  );
}

export function makeMassFaults({ massFaults }: DutySource, { today, timeZone }: Day): Row[] {
  const at = (text: string): string => {
    const [, days = '0', time = '00:00'] = /^([+-]\d+)T(\d\d:\d\d)$/.exec(text) ?? [];
    return instantOf(addDays(today, Number(days)), time, timeZone);
  };
  return massFaults.map(({ key, startedAt, expectedEnd, ...fields }) => ({
    id: demoId('massFault', key),
    fields: { ...fields, startedAt: at(startedAt), expectedEnd: at(expectedEnd) },
  }));
}
