// What a form on screen is made of: the form type, its layout and one step's permissions joined into sections of fields.
import type { Choice, FieldKind, FieldSchema, Text } from '../../../../../forms/types.ts';

export type {
  Access,
  Choice,
  FieldKind,
  FieldSchema,
  FormSchema,
  Layout,
  Permissions,
  Text,
  Values,
} from '../../../../../forms/types.ts';

/** How a field is filled; one component each. */
export type Widget =
  | 'line'
  | 'area'
  | 'phone'
  | 'number'
  | 'stars'
  | 'date'
  | 'dateTime'
  | 'duration'
  | 'switch'
  | 'yesNo'
  | 'segmented'
  | 'cards'
  | 'tiles'
  | 'select'
  | 'checks'
  | 'person'
  | 'record'
  | 'photos'
  | 'signature'
  | 'location'
  | 'table'
  | 'meter'
  | 'none';

export interface FieldModel {
  name: string;
  kind: FieldKind;
  widget: Widget;
  title: Text;
  help: Text | null;
  /** read: shown as a document shows it. */
  access: 'read' | 'edit';
  /** Columns only: a field's own is asked of the judge (validate.ts), which knows the conditions. */
  required: boolean;
  span: 1 | 2;
  /** Of a meter: the field whose amount is taken from it. */
  of: string | null;
  /** FEEL over the record's values; null: always shown. */
  showWhen: string | null;
  schema: FieldSchema;
  /** All choices, retired ones too: an old record still shows its word. */
  choices: Choice[];
  /** Key of the form type that a picker searches; null when it searches none. */
  target: string | null;
  /** Columns of a sub-table. */
  columns: FieldModel[];
}

export interface SectionModel {
  title: Text | null;
  columns: 1 | 2;
  fields: FieldModel[];
}

export interface FormModel {
  sections: SectionModel[];
  /** Every field of every section, in the order shown. */
  fields: FieldModel[];
}

/** One thing wrong: JSON Pointer from the record (`/photos`, `/lines/2/amount`), machine name, what its text needs. */
export interface FieldProblem {
  path: string;
  code: string;
  params?: Record<string, unknown>;
}
