/** Calendars of the random cases of property tests. */
import office from '../../../content/calendars/office.json' with { type: 'json' };
import { workingTimesOf, type WorkingTimesByKey } from './working-times.ts';

/** What random cases reckon by; `lost` is in their flows, and nobody has given it to them. */
export const CALENDARS = {
  office: workingTimesOf(office, 1),
};
/** A change of them, and the first of what was missing. */
export function laterCalendars(version: number): WorkingTimesByKey {
  const week = { ...office.week, [version % 2 === 0 ? 'fri' : 'sat']: [{ from: '08:00', to: '02:00' }] };
  const lost = { ...office, key: 'lost', keepsHolidays: false };
  return { office: workingTimesOf({ ...office, week }, version), lost: workingTimesOf(lost, version) };
}
