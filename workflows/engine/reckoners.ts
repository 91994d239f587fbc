/** How a case reckons: by the clock, or by a calendar that it holds, in the zone of its community. */
import { reckonerOf, WALL, type Reckoner } from './calendar/reckoner.ts';
import type { State } from './state.ts';
import type { DueBy } from './types.ts';

/** Names wall-clock time where a flow names a calendar. */
export const WALL_CALENDAR = 'wall';

/** Wall-clock time for null, and for a calendar that the case does not hold. */
export function reckonerFor({ state }: { state: State }, calendar: string | null): Reckoner {
  const times = calendar === null ? undefined : timesOf(state, calendar);
  return times ? reckonerOf(times, state.zone) : WALL;
}

/** Whether the case lacks a calendar that its flow names. */
export function lacksCalendar(state: State, calendar: string = WALL_CALENDAR): boolean {
  return calendar !== WALL_CALENDAR && timesOf(state, calendar) === undefined;
}

/** What a due time is reckoned by; null: wall-clock time. */
export function dueByOf(state: State, calendar: string = WALL_CALENDAR): DueBy | null {
  const times = timesOf(state, calendar);
  return times ? { calendar, version: times.version, isGuess: false, before: null } : null;
}

function timesOf({ calendars }: State, key: string): State['calendars'][string] | undefined {
  return Object.hasOwn(calendars, key) ? calendars[key] : undefined;
}
