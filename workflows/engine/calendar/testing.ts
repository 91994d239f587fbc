/** Calendars of the random cases of property tests. */
import type { Calendar } from './calendar.gen.ts';
import { workingTimesOf, type WorkingTimesByKey } from './working-times.ts';

const hours = [
  { from: '09:00', to: '12:00' },
  { from: '13:30', to: '18:00' },
];
const name = { 'zh-CN': '假', en: 'Off' };
const office: Calendar = {
  key: 'office',
  title: name,
  week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
  keepsHolidays: true,
  years: {
    '2026': { holidays: [{ name, from: '2026-01-01', to: '2026-01-03' }], worked: [{ name, on: '2026-01-04' }] },
  },
};

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
