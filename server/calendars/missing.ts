/** Years whose days off should be known by now: this one, and from November on the next, when the State Council has published it. */
import type { Calendar } from '../../workflows/engine/calendar/calendar.gen.ts';

const monthOfNotice = 11;
/** Of the company; which day it is matters here, not which hour. */
const zone = 'Asia/Shanghai';

export function missingYears({ keepsHolidays, years }: Pick<Calendar, 'keepsHolidays' | 'years'>, now: Date): number[] {
  if (!keepsHolidays) return [];
  const [year = 0, month = 0] = now.toLocaleDateString('sv-SE', { timeZone: zone }).split('-').map(Number);
  const needed = month >= monthOfNotice ? [year, year + 1] : [year];
  return needed.filter((each) => !Object.hasOwn(years, String(each)));
}
