/** Panels: short lists for a first page. */
import { Type } from 'typebox';
import { FormDefinition } from '../forms/schemas.ts';
import { Labels } from '../records/schemas.ts';
import { Fields, nullable, Text, Uuid } from '../schema.ts';

export const PanelRow = Type.Object(
  {
    fields: Fields,
    labels: Labels,
    caseId: nullable(Type.String({ format: 'uuid', description: 'Of a case that the reader may open.' })),
  },
  { title: 'PanelRow' },
);
export const Panel = Type.Object(
  {
    key: Type.String(),
    title: Text,
    empty: Text,
    form: FormDefinition,
    columns: Type.Array(Type.String(), { description: 'Fields of the form, in this order.' }),
    rows: Type.Array(PanelRow, { description: 'At most 200.' }),
    summed: Type.Boolean({ description: 'A row is a sum, not one record: how many there are says nothing.' }),
    start: nullable(Type.Object({ flow: Type.String(), label: Text }, { title: 'PanelStart' })),
  },
  { title: 'Panel' },
);
export const Panels = Type.Object({ items: Type.Array(Panel) }, { title: 'Panels' });
export const PanelsQuery = Type.Object(
  {
    at: Type.Enum(['home', 'me'], { description: 'home: the first page. me: what is about oneself.' }),
    community: Type.Optional(Uuid),
  },
  { additionalProperties: false },
);
