/**
 * The words of a form type: its JSON Schema with our keywords (form.schema.json says what each means), its layout
 * (layout.schema.json), and what compiling one gives. Pure and small: browser and server share it.
 */

export interface Text {
  'zh-CN': string;
  en: string;
}
export type Locale = keyof Text;
export type Access = 'hidden' | 'read' | 'edit' | 'required';
export type Permissions = Record<string, Access>;
/** Values by field name, as JSON has them. An absent field, null, '' and [] all mean "empty". */
export type Values = Record<string, unknown>;

export type FieldKind =
  | 'text'
  | 'longText'
  | 'integer'
  | 'number'
  | 'money'
  | 'date'
  | 'dateTime'
  | 'duration'
  | 'boolean'
  | 'choice'
  | 'manyChoice'
  | 'person'
  | 'party'
  | 'department'
  | 'ref'
  | 'files'
  | 'signature'
  | 'location'
  | 'table'
  | 'autoNumber'
  | 'computed';
export type ComputedKind = 'text' | 'integer' | 'number' | 'money' | 'date' | 'boolean';
export type MaskRule = 'phone' | 'idNumber' | 'name' | 'all';

export interface Choice {
  const: string;
  'x-title': Text;
  /** How lists mark a record that has it: something to look at first. */
  'x-tone'?: 'warning' | 'danger';
  /** Kept for old records, no longer offered or accepted. */
  'x-retired'?: boolean;
}
/** One property of a form type, or one of a sub-table's rows. */
export interface FieldSchema {
  type: string;
  'x-field': FieldKind;
  'x-title': Text;
  'x-help'?: Text;
  'x-ref'?: string;
  /** Of `person`: whoever is named holds one of these roles; without, anybody who works here. */
  'x-role'?: string | string[];
  'x-number'?: { pattern: string; gapless?: boolean };
  'x-formula'?: string;
  'x-result'?: ComputedKind;
  'x-personal'?: boolean;
  'x-mask'?: MaskRule;
  /** One word for every language, or one each. */
  'x-unit'?: string | Text;
  /** Digits after the point: of `number` (default 4), of a computed number. Money has 2. */
  'x-decimals'?: number;
  /** Of `integer`: false for a number that names something, as a year does, and has no separators between thousands. */
  'x-grouping'?: boolean;
  /** Digits in all, of `number` (default 15). */
  'x-digits'?: number;
  oneOf?: Choice[];
  items?: FieldSchema | RowSchema | { type: string; format?: string; oneOf?: Choice[] };
  [keyword: string]: unknown;
}
export interface RowSchema {
  type: 'object';
  additionalProperties: false;
  required?: string[];
  properties: Record<string, FieldSchema>;
}
/** Which records belong to an owner or tenant who signs in. A field name, or `id` for the record itself. */
interface Owners {
  unit?: string;
  party?: string;
  /** Everything of a community in which the asking person has a unit; `id` or `community`. */
  community?: 'id' | 'community';
}
export type Constraint =
  | { kind: 'unique'; fields: string[]; within?: 'community' | 'company' }
  | { kind: 'noOverlap'; same: string[]; from: string; to: string }
  | { kind: 'sharesSumTo1'; of: string; share: string; from: string; to: string }
  | { kind: 'compare'; left: string; op: '<' | '<=' | '>' | '>=' | '!='; right: string };

export interface FormSchema {
  $schema?: string;
  title: string;
  type: 'object';
  additionalProperties: false;
  'x-key': string;
  'x-kind': 'register' | 'case';
  'x-title': Text;
  'x-local': boolean | 'self';
  'x-community-from'?: string;
  'x-write'?: 'company';
  'x-communities'?: string;
  'x-label': string;
  'x-owners'?: Owners;
  'x-constraints'?: Constraint[];
  required?: string[];
  properties: Record<string, FieldSchema>;
  allOf?: Conditional[];
}
/** When the values match `if`, these fields are required too. */
export interface Conditional {
  if: { properties: Record<string, unknown>; required?: string[] };
  then?: { required: string[] };
  else?: { required: string[] };
}

export interface LayoutField {
  field: string;
  span?: 1 | 2;
  widget?: string;
  /** Of the widget meter: the field whose amount is taken from this one. */
  of?: string;
  /** FEEL over the record's values. */
  showWhen?: string;
}
export interface Layout {
  $schema?: string;
  sections: { title?: Text; columns?: 1 | 2; fields: (string | LayoutField)[] }[];
  list?: string[];
  search?: string[];
  sort?: { field: string; descending?: boolean }[];
}

/** A column of a record table. `type` is SQL, made here and never from a request. */
export interface Column {
  name: string;
  type: string;
  /** SQL of a check, over the quoted column. */
  check?: string;
}
export interface RefTarget {
  schema: 'record' | 'public';
  table: string;
  /** Key of the form type referred to; null for persons and files. */
  form: string | null;
}
export interface FieldInfo {
  name: string;
  kind: FieldKind;
  title: Text;
  schema: FieldSchema;
  /** Empty for sub-tables, three for a location, one otherwise. */
  columns: Column[];
  ref: RefTarget | null;
  personal: boolean;
  mask: MaskRule | null;
  choices: Choice[];
  /** False for what the program fills: numbers and computed fields. */
  writable: boolean;
  /** Fields of a sub-table's rows. */
  rows: FieldInfo[];
}
/** One piece of the label template: plain text, a field, or a field of the record it refers to. */
export type LabelPart = { text: string } | { field: string; of?: string };

export interface CompiledForm {
  key: string;
  kind: 'register' | 'case';
  title: Text;
  schema: FormSchema;
  layout: Layout;
  /** Table in schema `record`. */
  table: string;
  local: boolean | 'self';
  communityFrom: string | null;
  /** Of a register that is not local: the field, or `units`, that says in which communities a right reaches a record. */
  communities: string | null;
  label: LabelPart[];
  owners: Owners;
  fields: FieldInfo[];
  byName: ReadonlyMap<string, FieldInfo>;
  constraints: NamedConstraint[];
  /** Column or `field.field` paths that a search looks into. */
  search: string[];
}
export interface NamedConstraint {
  /** Name in Postgres; unique in its table. */
  name: string;
  constraint: Constraint;
}

/** One thing wrong with a value or a definition: JSON Pointer, machine name, what its text needs. */
export interface Problem {
  path: string;
  code: string;
  params?: Record<string, unknown>;
}
/** A form type that cannot be compiled or published. */
export class FormError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, code }) => `${path} ${code}`).join(', '));
    this.name = 'FormError';
    this.problems = problems;
  }
}
