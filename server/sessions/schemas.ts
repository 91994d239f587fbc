/** Signing in and the asking person. */
import { Type } from 'typebox';
import { Instant, nullable, Text, Uuid } from '../schema.ts';

export const SignIn = Type.Object(
  { username: Type.String({ minLength: 1, maxLength: 80 }), password: Type.String({ minLength: 1, maxLength: 200 }) },
  {
    title: 'SignIn',
    additionalProperties: false,
    examples: [{ username: 'dispatcher', password: 'guanjia-demo' }],
  },
);
export const Me = Type.Object(
  {
    id: Uuid,
    username: Type.String(),
    name: Type.String(),
    locale: nullable(Type.Enum(['zh-CN', 'en'])),
    phone: nullable(Type.String({ description: 'As the register of employees or parties has it.' })),
    /** Where the person starts: owners and tenants have the phone portal, staff the inbox; one may have both. */
    homes: Type.Array(Type.Enum(['inbox', 'portal'])),
    roles: Type.Array(
      Type.Object({ key: Type.String(), title: Text, communityId: nullable(Uuid) }, { title: 'RoleHeld' }),
    ),
    may: Type.Array(Type.String(), { description: 'Verbs held anywhere; for showing and hiding only.' }),
    communities: Type.Array(
      Type.Object(
        { id: Uuid, name: Type.String(), timeZone: Type.String(), servicePhone: nullable(Type.String()) },
        { title: 'CommunityRef' },
      ),
    ),
    units: Type.Array(Type.Object({ id: Uuid, label: Type.String(), communityId: Uuid }, { title: 'UnitRef' }), {
      description: 'Units the person owns or rents today.',
    }),
    demo: Type.Boolean(),
  },
  { title: 'Me' },
);
export const SignedIn = Type.Object({ token: Type.String(), me: Me }, { title: 'SignedIn' });
export const DemoAccount = Type.Object(
  { username: Type.String(), name: Type.String(), title: Text, description: Text },
  { title: 'DemoAccount' },
);
export const DemoAccounts = Type.Object(
  { password: Type.String(), items: Type.Array(DemoAccount) },
  { title: 'DemoAccounts' },
);
export const MePatch = Type.Object(
  { locale: Type.Optional(Type.Enum(['zh-CN', 'en'])) },
  { title: 'MePatch', additionalProperties: false, examples: [{ locale: 'en' }] },
);
export const PasswordChange = Type.Object(
  {
    current: Type.String({ minLength: 1, maxLength: 200 }),
    next: Type.String({ minLength: 10, maxLength: 200 }),
  },
  {
    title: 'PasswordChange',
    additionalProperties: false,
    examples: [{ current: 'guanjia-demo', next: 'a longer one of my own' }],
  },
);

export const OwnSession = Type.Object(
  {
    id: Uuid,
    current: Type.Boolean({ description: 'The one that asks.' }),
    kind: Type.Enum(['browser', 'token']),
    /** By the User-Agent at sign-in; null: not known. */
    browser: nullable(Type.String()),
    system: nullable(Type.String()),
    signedInAt: Instant,
    lastUsedAt: Type.String({ format: 'date-time', description: 'To the hour.' }),
  },
  { title: 'OwnSession' },
);
export const OwnSessions = Type.Object({ items: Type.Array(OwnSession) }, { title: 'OwnSessions' });
