/**
 * The words every API schema shares. A schema with a title is a named shape: `npm run gen` gives the screens a type of that
 * name, and OpenAPI a component.
 */
import { Type, type TSchema } from 'typebox';

/** What the format `uuid` is held to. */
export const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
export const Uuid = Type.String({ format: 'uuid' });
/** A counter as Postgres keeps it: versions, revs, assignments, incidents. */
export const Count = (options: { minimum: number; description?: string }) =>
  Type.Integer({ maximum: 2_147_483_647, ...options });
/** An instant, ISO 8601 in UTC. Screens show it in the community's time zone. */
export const Instant = Type.String({ format: 'date-time' });
export const Text = Type.Object({ 'zh-CN': Type.String(), en: Type.String() }, { title: 'Text' });
/** Values by field of a form type; validated against that form type's own schema. */
export const Fields = Type.Record(Type.String(), Type.Unknown());
export const Access = Type.Enum(['hidden', 'read', 'edit', 'required'], { title: 'Access' });
export const Permissions = Type.Record(Type.String(), Access);
export const Cursor = Type.String({ maxLength: 2000, description: 'Opaque; take it from `next` of the page before.' });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** A keyset page: `next` is null on the last one. */
export const page = <T extends TSchema>(title: string, item: T) =>
  Type.Object({ items: Type.Array(item), next: nullable(Cursor) }, { title });

export const PersonRef = Type.Object({ id: Uuid, name: Type.String() }, { title: 'PersonRef' });

/** One bad field of a request. */
export const ProblemPath = Type.Object(
  {
    path: Type.String({ description: 'JSON Pointer into the body.' }),
    code: Type.String(),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    title: Type.Optional(
      Type.String({ description: 'The sentence, where the server has one: of flows that are refused.' }),
    ),
  },
  { title: 'ProblemPath' },
);

/** RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'snake_case; screens have a text for each.' }),
    detail: Type.Optional(Type.String()),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    errors: Type.Optional(Type.Array(ProblemPath)),
  },
  { title: 'Problem' },
);
