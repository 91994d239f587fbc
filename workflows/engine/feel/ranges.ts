/** How points and ranges lie to one another (DMN 1.5, 10.3.4.7 and table 78). A point is the range that holds only it. */
import { FeelRange } from 'feelin';
import type { Builtin, Within } from './builtin.ts';
import { placeOf } from './keys.ts';

interface Span {
  kind: string;
  start: number | string;
  end: number | string;
  hasStart: boolean;
  hasEnd: boolean;
}

function spanOf(value: unknown, zone: string): Span | null {
  if (!(value instanceof FeelRange)) {
    const place = placeOf(value, zone);
    return place && { kind: place.kind, start: place.at, end: place.at, hasStart: true, hasEnd: true };
  }
  const [start, end] = [placeOf(value.start, zone), placeOf(value.end, zone)];
  const bound = start ?? end;
  if (!bound) return null;
  return {
    kind: bound.kind,
    // An end that is open lies beyond all others.
    ...(start ? { start: start.at, hasStart: value['start included'] } : { start: -Infinity, hasStart: false }),
    ...(end ? { end: end.at, hasEnd: value['end included'] } : { end: Infinity, hasEnd: false }),
  };
}

/** Undefined when they cannot be compared, or when one must be a range and is none. */
function relation(holds: (a: Span, b: Span) => boolean, ranges: 'none' | 'second' | 'both' = 'none'): Builtin {
  return {
    takes: [2, 2],
    give: ([a, b], { zone }: Within) => {
      if ((ranges === 'both' && !(a instanceof FeelRange)) || (ranges !== 'none' && !(b instanceof FeelRange)))
        return undefined;
      const [left, right] = [spanOf(a, zone), spanOf(b, zone)];
      return left?.kind === right?.kind && left && right ? holds(left, right) : undefined;
    },
  };
}

/** The same relation seen from the other side. */
function turned({ takes, give }: Builtin): Builtin {
  return { takes, give: ([a, b], within) => give([b, a], within) };
}

const before = (a: Span, b: Span): boolean => a.end < b.start || (a.end === b.start && !(a.hasEnd && b.hasStart));
/** Whether `a` begins no earlier than `b`, and ends no later. */
const startsWithin = (a: Span, b: Span): boolean =>
  a.start > b.start || (a.start === b.start && (!a.hasStart || b.hasStart));
const endsWithin = (a: Span, b: Span): boolean => a.end < b.end || (a.end === b.end && (!a.hasEnd || b.hasEnd));
const sameStart = (a: Span, b: Span): boolean => a.start === b.start && a.hasStart === b.hasStart;
const sameEnd = (a: Span, b: Span): boolean => a.end === b.end && a.hasEnd === b.hasEnd;

const during = relation((a, b) => startsWithin(a, b) && endsWithin(a, b), 'second');
const starts = relation((a, b) => sameStart(a, b) && endsWithin(a, b), 'second');
const finishes = relation((a, b) => sameEnd(a, b) && startsWithin(a, b), 'second');
const meets = relation((a, b) => a.end === b.start && a.hasEnd && b.hasStart, 'both');
const overlapsBefore = relation((a, b) => !startsWithin(a, b) && !before(a, b) && endsWithin(a, b), 'both');

export const RANGES: Record<string, Builtin> = {
  before: relation(before),
  after: turned(relation(before)),
  meets,
  'met by': turned(meets),
  overlaps: relation((a, b) => !before(a, b) && !before(b, a), 'both'),
  'overlaps before': overlapsBefore,
  'overlaps after': turned(overlapsBefore),
  during,
  includes: turned(during),
  starts,
  'started by': turned(starts),
  finishes,
  'finished by': turned(finishes),
  coincides: relation((a, b) => sameStart(a, b) && sameEnd(a, b)),
};
