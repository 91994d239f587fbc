/** Values as feelin compares them rightly (DMN 1.5, tables 53 and 54). */
import { FeelDate, FeelDateTime, FeelDuration, FeelRange } from 'feelin';
import { isContext } from './builtin.ts';
import { EPOCH } from './dates.ts';

/**
 * What feelin compares rightly in its place: a date and time without a zone is the community's; a duration becomes the point so far from
 * the epoch, since feelin takes P200D for equal to P201D, and a year for equal to 365 days. Everything else is itself.
 */
export function comparable(value: unknown, zone: string): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, zone));
  if (value instanceof FeelDateTime && value.zone === null) return new FeelDateTime(value.unwrap(), zone);
  if (value instanceof FeelDuration) return farFromEpoch(value);
  if (value instanceof FeelRange) return comparableRange(value, zone);
  if (!isContext(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, comparable(inner, zone)]));
}

function farFromEpoch(value: FeelDuration): FeelDate | FeelDateTime {
  if (value.yearsMonths) return new FeelDate(EPOCH.add(value.unwrap()));
  return new FeelDateTime(EPOCH.toPlainDateTime().add(value.unwrap()), 'UTC');
}

function comparableRange(range: FeelRange, zone: string): FeelRange {
  const [start, end] = [comparable(range.start, zone), comparable(range.end, zone)];
  const [bound] = [start, end].filter((each) => each instanceof FeelDate || each instanceof FeelDateTime);
  if (bound === undefined) return range;
  return new FeelRange({
    ...{ start, end, 'start included': range['start included'], 'end included': range['end included'] },
    valueType: bound instanceof FeelDate ? 'date' : 'date time',
  });
}
