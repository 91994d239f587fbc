/** Flows that can be started, and what starting one asks. */
import { Type } from 'typebox';
import { FormDefinition } from '../forms/schemas.ts';
import { nullable, Permissions, Text } from '../schema.ts';

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
    prepares: Type.Boolean({
      description: 'Starting looks things up, fills fields or may be refused: ask `prepare` while the form is filled.',
    }),
  },
  { title: 'FlowStart' },
);
