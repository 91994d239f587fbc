/** 离职转办 in the API. */
import { Type } from 'typebox';
import { Instant, nullable, PersonRef, Text, Uuid } from '../../schema.ts';
import { TaskItem } from '../../tasks/schemas.ts';

export const HandOverPreview = Type.Object(
  {
    person: PersonRef,
    tasks: Type.Array(TaskItem, { description: 'What the person holds, as far as the reader may see it.' }),
    claimed: Type.Array(Type.String(), { description: 'Of these those taken from a pool: they may go back there.' }),
    substitutions: Type.Integer({
      description: 'Substitutions in force in which the person stands in, or is stood in for.',
    }),
    flows: Type.Array(Type.Object({ key: Type.String(), title: Text }, { title: 'NamingFlow' }), {
      description: 'Published flows whose rules name the person.',
    }),
  },
  { title: 'HandOverPreview' },
);
const receivers = Type.Record(Type.String({ maxLength: 40 }), Uuid);
export const HandOverBody = Type.Object(
  {
    to: Type.Optional(nullable(Uuid)),
    byFlow: Type.Optional(receivers),
    byCommunity: Type.Optional(receivers),
    claimedToPool: Type.Boolean({ default: true, description: 'What was taken from a pool goes back there.' }),
  },
  { title: 'HandOverBody', additionalProperties: false },
);
export const HandOver = Type.Object(
  {
    id: Uuid,
    person: PersonRef,
    createdAt: Instant,
    items: Type.Array(
      Type.Object(
        {
          task: Type.String(),
          to: nullable(PersonRef),
          state: Type.Enum(['pending', 'done', 'failed']),
          code: nullable(Type.String({ description: 'Why it stays where it is.' })),
        },
        { title: 'HandOverItem' },
      ),
    ),
  },
  { title: 'HandOver' },
);
