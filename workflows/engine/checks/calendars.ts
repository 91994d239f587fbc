/** Calendars that a flow names: the company has them, and there is something to count in them. */
import type { Checking } from '../check.ts';
import { partsOf, partsOfHandlers } from '../tree.ts';

export function checkCalendars({ flow, visits, context, report }: Checking): void {
  const named = [
    ...partsOfHandlers(flow).calendars.map((each) => ({ id: null, ...each })),
    ...visits.flatMap(({ step }) => partsOf(step).calendars.map((each) => ({ id: step.id, ...each }))),
  ];
  for (const { id, property, calendar } of named)
    if (!context.calendars.includes(calendar)) report(id, property, 'unknown_calendar', { calendar });
  for (const { step } of visits) {
    if (step.kind === 'timer' && step.calendar !== undefined && step.in === undefined && step.at !== undefined)
      report(step.id, 'calendar', 'calendar_unused');
  }
}
