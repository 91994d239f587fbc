/** Flows that can be started, and what starting one asks. */
import { Type } from 'typebox';
import { FormDefinition } from '../forms/schemas.ts';
import { ChoiceItem } from '../case-views/choice-schemas.ts';
import { Instant, nullable, Permissions, PersonRef, ProblemPath, Text } from '../schema.ts';

export const FlowItem = Type.Object(
  {
    key: Type.String(),
    title: Text,
    description: nullable(Text),
    icon: nullable(Type.String()),
    version: Type.Integer(),
    form: Type.String(),
    startable: Type.Boolean(),
  },
  { title: 'FlowItem' },
);
export const FlowList = Type.Object({ items: Type.Array(FlowItem) }, { title: 'FlowList' });
export const FlowStart = Type.Object(
  {
    flow: FlowItem,
    form: FormDefinition,
    permissions: Permissions,
    guide: nullable(Text),
    label: nullable(Text),
    choices: Type.Array(ChoiceItem, { description: 'Starting asks whom one chooses for these steps.' }),
    prepares: Type.Boolean({
      description: 'Starting looks things up, fills fields or may be refused: ask `prepare` while the form is filled.',
    }),
  },
  { title: 'FlowStart' },
);

const Definition = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A flow in the flow language (docs/flow-language.md).',
});
export const FlowBody = Type.Object({ definition: Definition }, { title: 'FlowBody', additionalProperties: false });
/** A draft is kept as it is; what keeps it from being published stands beside it. */
export const FlowDraft = Type.Object(
  {
    key: Type.String(),
    definition: Definition,
    problems: Type.Array(ProblemPath),
    updatedAt: Instant,
    updatedBy: nullable(PersonRef),
  },
  { title: 'FlowDraft' },
);
export const FlowProblems = Type.Object({ problems: Type.Array(ProblemPath) }, { title: 'FlowProblems' });
export const FlowPublishBody = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 400, description: 'What changed, for the list of versions.' }) },
  { title: 'FlowPublishBody', additionalProperties: false },
);
export const FlowPublished = Type.Object({ key: Type.String(), version: Type.Integer() }, { title: 'FlowPublished' });
export const FlowVersions = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          version: Type.Integer(),
          note: nullable(Type.String()),
          publishedBy: nullable(PersonRef),
          publishedAt: Instant,
          current: Type.Boolean(),
          running: Type.Integer({ description: 'Cases that run on it: a version never changes under them.' }),
        },
        { title: 'FlowVersionItem' },
      ),
    ),
  },
  { title: 'FlowVersions' },
);
export const FlowVersion = Type.Object(
  { key: Type.String(), version: Type.Integer(), definition: Definition },
  { title: 'FlowVersion' },
);
