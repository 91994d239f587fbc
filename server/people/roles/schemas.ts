/** Roles: what each may, and who holds it where. */
import { Type } from 'typebox';
import { Cursor, Instant, nullable, page, PersonRef, Text, Uuid } from '../../schema.ts';

export const RoleGrant = Type.Object(
  {
    id: Uuid,
    role: Type.String(),
    person: PersonRef,
    /** Null: everywhere. */
    community: nullable(Type.Object({ id: Uuid, name: Type.String() })),
    grantedBy: nullable(PersonRef),
    grantedAt: Instant,
  },
  { title: 'RoleGrant' },
);
export const RoleInfo = Type.Object(
  {
    key: Type.String(),
    title: Text,
    description: nullable(Text),
    may: Type.Array(Type.String(), { description: '`*`: everything; `record.read:*`: of every form type.' }),
    holders: Type.Integer({ minimum: 0 }),
  },
  { title: 'RoleInfo' },
);
export const VerbInfo = Type.Object(
  { verb: Type.String(), title: Text, about: nullable(Text) },
  { title: 'VerbInfo', description: '`about`: the form type it is limited to.' },
);
export const RoleTable = Type.Object(
  { roles: Type.Array(RoleInfo), verbs: Type.Array(VerbInfo) },
  { title: 'RoleTable' },
);
export const RoleGrants = page('RoleGrants', RoleGrant);
export const RoleGrantsQuery = Type.Object(
  {
    role: Type.String({ maxLength: 60 }),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 100 }),
  },
  { additionalProperties: false },
);
export const RoleGrantBody = Type.Object(
  { personId: Uuid, role: Type.String({ maxLength: 60 }), communityId: nullable(Uuid) },
  { title: 'RoleGrantBody', additionalProperties: false },
);
