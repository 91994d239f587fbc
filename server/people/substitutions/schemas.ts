/** 代理 in the API. */
import { Type } from 'typebox';
import { Instant, nullable, PersonRef, Uuid } from '../../schema.ts';

const day = Type.String({ format: 'date' });

export const Substitution = Type.Object(
  {
    id: Uuid,
    person: PersonRef,
    substitute: PersonRef,
    from: day,
    to: nullable(Type.String({ format: 'date', description: 'The last day; null: until it is ended.' })),
    flows: nullable(Type.Array(Type.String(), { description: 'Null: all.' })),
    communities: nullable(Type.Array(Uuid, { description: 'Null: all.' })),
    createdBy: PersonRef,
    createdAt: Instant,
    active: Type.Boolean({ description: 'It counts today.' }),
  },
  { title: 'Substitution' },
);
export const SubstitutionList = Type.Object(
  { items: Type.Array(Substitution, { description: 'Those not ended: of the person, and those they stand in for.' }) },
  { title: 'SubstitutionList' },
);
export const SubstitutionBody = Type.Object(
  {
    person: Type.Optional(Uuid),
    substitute: Uuid,
    from: day,
    to: Type.Optional(nullable(day)),
    flows: Type.Optional(nullable(Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 50 }))),
    communities: Type.Optional(nullable(Type.Array(Uuid, { minItems: 1, maxItems: 50 }))),
    handOverOpen: Type.Boolean({
      default: false,
      description: 'Also what is open now, where the scope holds it and it counts today.',
    }),
  },
  { title: 'SubstitutionBody', additionalProperties: false },
);
export const SubstitutionMade = Type.Object(
  {
    substitution: Substitution,
    handedOver: Type.Integer({ description: 'Open tasks that went to the substitute.' }),
    kept: Type.Integer({ description: 'Open tasks that the substitute may not have: they stay.' }),
  },
  { title: 'SubstitutionMade' },
);
