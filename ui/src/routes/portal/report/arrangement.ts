// The report as an owner fills it with one hand: the photo first, then what, then where, then when. The fields, their choices
// and conditions stay those of the form type; only their order and some widgets are the phone's.
import type { FormSchema, Layout, Text } from '#lib/form/model/types.ts';
import type { LayoutField } from '../../../../../forms/types.ts';

interface Part {
  title: Text | null;
  fields: (string | LayoutField)[];
}

export interface PartTitles {
  what: Text;
  where: Text;
  when: Text;
}

/** Fields that the form type does not have are left out; writable ones that are not named here come last. */
export function reportLayout(schema: FormSchema, own: Layout, titles: PartTitles): Layout {
  const conditions = new Map(
    own.sections.flatMap((section) =>
      section.fields.flatMap((place) => (typeof place === 'string' ? [] : [[place.field, place] as const])),
    ),
  );
  const place = (field: string, widget?: string): LayoutField => {
    const kept = conditions.get(field);
    return { ...(kept ?? { field }), span: 2, ...(widget === undefined ? {} : { widget }) };
  };
  const parts: Part[] = [
    { title: null, fields: [place('photos')] },
    { title: titles.what, fields: [place('category', 'tiles'), place('description')] },
    { title: titles.where, fields: [place('area', 'radio'), place('unit'), place('place')] },
    { title: titles.when, fields: [place('urgency', 'radio'), place('appointmentAt'), place('phone', 'phone')] },
  ];
  const named = new Set(parts.flatMap((part) => part.fields.map(nameOf)));
  const rest = own.sections.flatMap((section) => section.fields).filter((field) => !named.has(nameOf(field)));
  const sections = [...parts, { title: null, fields: rest }]
    .map((part) => ({ ...part, fields: part.fields.filter((field) => nameOf(field) in schema.properties) }))
    .filter((part) => part.fields.length > 0);
  return {
    sections: sections.map(({ title, fields }) => ({ columns: 1 as const, fields, ...(title ? { title } : {}) })),
  };
}

function nameOf(field: string | LayoutField): string {
  return typeof field === 'string' ? field : field.field;
}

/** What a report begins with: the unit one stands for, the phone of last time, the usual answers. Only fields it has. */
export function reportBefore(schema: FormSchema, known: { unit?: string; phone?: string }): Record<string, unknown> {
  const usual: Record<string, unknown> = { area: 'private', urgency: 'normal', ...known };
  return Object.fromEntries(
    Object.entries(usual).filter(([name, value]) => {
      const field = schema.properties[name];
      if (!field || value === undefined) return false;
      return field.oneOf === undefined || field.oneOf.some((choice) => choice.const === value);
    }),
  );
}
