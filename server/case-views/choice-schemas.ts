/** People chosen for later steps, as they are asked for and told. */
import { Type } from 'typebox';
import { Text, Uuid } from '../schema.ts';

/** Somebody is chosen for a later step. */
export const ChoiceItem = Type.Object(
  {
    step: Type.String(),
    title: Text,
    most: Type.Integer({ description: 'How many may be chosen.' }),
    required: Type.Boolean(),
  },
  { title: 'ChoiceItem' },
);
/** Whom somebody chose, by the step: ids of persons, in order. */
export const Choices = Type.Record(Type.String({ maxLength: 40 }), Type.Array(Uuid, { maxItems: 20 }), {
  title: 'Choices',
});
