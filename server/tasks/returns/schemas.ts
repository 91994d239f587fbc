/** Going back: where to, the wish itself, and what it would come to. */
import { Type } from 'typebox';
import { Count, Instant, nullable, PersonRef, Text } from '../../schema.ts';

export const ReturnTarget = Type.Object(
  {
    step: Type.String(),
    title: Text,
    item: nullable(
      Type.String({
        description: 'Of a step that is done for each row: the key to send back in `items` of the return.',
      }),
    ),
    itemLabel: nullable(Type.String({ description: 'What names that row.' })),
    together: Type.Boolean({ description: 'May be returned to at once with the other items of its step.' }),
    by: nullable(PersonRef),
    at: nullable(Instant),
    older: Type.Integer({
      minimum: 0,
      description:
        'How many more items of the step are done that can no longer be returned to: of many items those done last are kept.',
    }),
  },
  { title: 'ReturnTarget' },
);
const ItemKey = Type.String({ minLength: 1, maxLength: 300 });
const ItemKeys = Type.Array(ItemKey, {
  minItems: 1,
  maxItems: 200,
  uniqueItems: true,
  description: 'Of a target in items: which of them. Several only to redo; left out: the item that the task is in.',
});
export const ReturnBody = Type.Object(
  {
    to: Type.String({ maxLength: 40 }),
    items: Type.Optional(ItemKeys),
    mode: Type.Enum(['redo', 'straightBack']),
    comment: Type.String({ minLength: 1, maxLength: 4000 }),
    assignment: Count({ minimum: 0 }),
  },
  { title: 'ReturnBody', additionalProperties: false },
);
export const ReturnPlanQuery = Type.Object(
  {
    to: Type.String({ maxLength: 40 }),
    items: Type.Optional(Type.Union([ItemKeys, ItemKey], { description: 'Given once for each item.' })),
    mode: Type.Enum(['redo', 'straightBack']),
  },
  { additionalProperties: false },
);
/** Neither holder nor pool: people are looked up when it opens. */
export const PlannedTask = Type.Object(
  {
    step: Type.String(),
    title: Text,
    item: nullable(Type.String({ description: 'What names the row that it is about.' })),
    holder: nullable(PersonRef),
    pool: nullable(Text),
  },
  { title: 'PlannedTask' },
);
const PlannedCompensation = Type.Object(
  { step: Type.String(), title: Text, item: nullable(Type.String()) },
  { title: 'PlannedCompensation' },
);
/** What a return would do; nothing has happened. */
export const ReturnPlan = Type.Object(
  {
    cancels: Type.Array(PlannedTask, { description: 'Open tasks, besides the returned one, that it closes.' }),
    stays: Type.Array(PlannedTask, { description: 'Open tasks that go on beside it.' }),
    compensates: Type.Array(PlannedCompensation, {
      description: 'Service steps whose effects are undone first, in this order.',
    }),
    opens: Type.Array(PlannedTask),
  },
  { title: 'ReturnPlan' },
);
