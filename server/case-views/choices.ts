/** What screens ask of whoever chooses people for later steps. */
import type { Static } from 'typebox';
import { asksOf } from '../commands/choices.ts';
import type { PublishedFlow } from '../definitions/published.ts';
import type { ChoiceItem } from './choice-schemas.ts';
import { stepTitle } from './task-items.ts';

/** `by`: the step that is completed; null: the start of a case. */
export function choiceItems(flow: PublishedFlow, by: string | null): Static<typeof ChoiceItem>[] {
  return asksOf({ flow, by }).map(({ step, most, isRequired }) => ({
    step,
    title: stepTitle(flow, step),
    most,
    required: isRequired,
  }));
}
