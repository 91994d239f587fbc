/** Why a task is with whom it is. */
import { Type } from 'typebox';
import { Labels } from '../records/schemas.ts';

export const Explanation = Type.Object(
  {
    rule: Type.String(),
    inputs: Type.Record(Type.String(), Type.Unknown()),
    policy: Type.Optional(Type.String()),
    for: Type.Optional(Type.String({ description: 'Whom the holder stands in for.' })),
    substitutions: Type.Optional(
      Type.Array(
        Type.Object({ for: Type.String(), to: Type.String(), via: Type.Optional(Type.Array(Type.String())) }),
        { description: 'Who was asked instead of whom.' },
      ),
    ),
    absent: Type.Optional(Type.Array(Type.String(), { description: 'Away, and nobody stands in.' })),
    policies: Type.Optional(Type.Array(Type.Object({ policy: Type.String(), persons: Type.Array(Type.String()) }))),
    by: Type.Optional(Type.String({ description: 'Who delegated, gave back or added; a name stands in labels.' })),
    labels: Labels,
  },
  { title: 'Explanation' },
);
