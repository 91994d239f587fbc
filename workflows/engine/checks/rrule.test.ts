import { expect, it } from 'vitest';
import { isLocalTime, problemOfRrule } from './rrule.ts';

it.each([
  'FREQ=MONTHLY;BYMONTHDAY=25',
  'FREQ=MONTHLY;BYMONTHDAY=-1',
  'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU',
  'FREQ=YEARLY;BYMONTH=3,6,9,12;BYDAY=-1SU;UNTIL=20301231T000000Z',
  'FREQ=DAILY;BYHOUR=8,20;BYMINUTE=30;COUNT=10',
])('reads %s', (rule) => {
  expect(problemOfRrule(rule)).toBeNull();
});

it.each([
  ['FREQ=DAILY;BYHOUR=24', 'BYHOUR=24'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0'],
  ['FREQ=DAILY;FREQ=WEEKLY', 'FREQ=WEEKLY'],
  ['FREQ=DAILY;BYEASTER=1', 'BYEASTER=1'],
  ['FREQ=MONTHLY;BYDAY=XX', 'BYDAY=XX'],
  ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY=32'],
  ['FREQ=DAILY;COUNT=2;UNTIL=20300101', 'COUNT, UNTIL'],
])('refuses %s for %s', (rule, part) => {
  expect(problemOfRrule(rule)).toBe(part);
});

it('knows which days there are', () => {
  expect(['2028-02-29T09:00', '2026-02-29T09:00', '2026-13-01T09:00', '2026-01-01T24:00'].map(isLocalTime)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
