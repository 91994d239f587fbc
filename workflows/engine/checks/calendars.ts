/** Calendars that a flow names: the company has them, and there is something to count in them. */
import type { Checking } from '../check.ts';
import { partsOf } from '../tree.ts';

export function checkCalendars({ visits, context, report }: Checking): void {
  for (const { step } of visits) {
    for (const { property, calendar } of partsOf(step).calendars)
      if (!context.calendars.includes(calendar)) report(step.id, property, 'unknown_calendar', { calendar });
    if (step.kind === 'timer' && step.calendar !== undefined && step.in === undefined && step.at !== undefined)
      report(step.id, 'calendar', 'calendar_unused');
  }
}
