/** Finding cases: the query with its filters, what is found where, kept searches. */
import { Type } from 'typebox';
import { Cursor, Instant, nullable, page, Text, Uuid } from '../../schema.ts';
import { CaseItem, CaseStatus } from '../schemas.ts';

const Day = Type.String({ format: 'date', description: 'A day where the case is.' });
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

export const CaseSearchQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        maxLength: 200,
        description:
          'Words that all must be found: number, unit (3栋2单元1804, 3-2-1804), name or its initials, end of a phone number, text.',
      }),
    ),
    flow: Type.Optional(Type.String({ maxLength: 40 })),
    status: Type.Optional(CaseStatus),
    community: Type.Optional(Uuid),
    stage: Type.Optional(
      Type.String({ maxLength: 60, description: 'A step of a flow, and those told by the same words.' }),
    ),
    overdue: flag('Only cases with an open task that is overdue.'),
    escalated: flag('Only cases with an open task that is overdue and was told to somebody higher up.'),
    mine: flag('Only cases that the asking person started.'),
    handler: Type.Optional(Uuid),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 30 }),
  },
  { additionalProperties: false },
);
/** Where in a case the words were found. */
export const CaseMatch = Type.Object(
  {
    /** people, talk, phone, or the field's name. */
    part: Type.String(),
    /** Title of the field. */
    label: nullable(Text),
    /** A few words around it; null where the value is not shown. */
    excerpt: nullable(Type.String()),
  },
  { title: 'CaseMatch' },
);
export const FoundCase = Type.Object(
  { case: CaseItem, matches: Type.Array(CaseMatch) },
  { title: 'FoundCase', description: 'A case, and where the words stand that its number and title do not show.' },
);
export const FoundCasePage = page('FoundCasePage', FoundCase);
export const CaseFacets = Type.Object(
  {
    flows: Type.Array(
      Type.Object({
        key: Type.String(),
        title: Text,
        stages: Type.Array(Type.Object({ step: Type.String(), title: Text })),
      }),
    ),
  },
  { title: 'CaseFacets', description: 'What the filters offer.' },
);
export const SavedView = Type.Object(
  { id: Uuid, name: Type.String(), query: Type.String(), createdAt: Instant },
  { title: 'SavedView' },
);
export const SavedViews = Type.Object({ items: Type.Array(SavedView) }, { title: 'SavedViews' });
export const SavedViewBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 40, pattern: String.raw`\S` }),
    query: Type.String({ maxLength: 2000, description: 'The query string of the page.' }),
  },
  { title: 'SavedViewBody', additionalProperties: false },
);
