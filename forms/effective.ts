/**
 * The plain JSON Schema (2020-12, no keyword of ours) that one person's act is validated with: the fields they may see, the ones
 * they must fill. Server (Ajv) and browser (cfworker) validate with this very schema, then both run extra.ts: one verdict.
 */
import { choicesOf, precisionOf } from './columns.ts';
import { locationSchema } from './location.ts';
import type {
  Access,
  Conditional,
  FieldKind,
  FieldSchema,
  FormSchema,
  Locale,
  Permissions,
  RowSchema,
} from './types.ts';

export interface PlainSchema {
  type?: string | undefined;
  properties?: Record<string, PlainSchema>;
  required?: string[];
  [keyword: string]: unknown;
}

/** Ids are checked by this pattern: the format `uuid` also takes `urn:uuid:…`, which Postgres refuses. */
const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

const programFilled: FieldKind[] = ['autoNumber', 'computed'];
/** What a person may do with a field; `null` permissions: a register, where whoever may write may write all. */
export function accessOf(name: string, schema: FieldSchema, permissions: Permissions | null): Access {
  if (programFilled.includes(schema['x-field'])) return permissions?.[name] === 'hidden' ? 'hidden' : 'read';
  return permissions === null ? 'edit' : (permissions[name] ?? 'read');
}

export function isWritable(access: Access): boolean {
  return access === 'edit' || access === 'required';
}

/**
 * `permissions` as the server answers them (a field not named is `read`), null for registers. Texts in `locale`.
 * A field the schema requires is required wherever it may be written; a step may require more.
 */
export function toBrowserSchema(
  schema: FormSchema,
  permissions: Permissions | null,
  locale: Locale = 'zh-CN',
): PlainSchema {
  const entries = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    field,
    access: accessOf(name, field, permissions),
  }));
  const visible = entries.filter(({ access }) => access !== 'hidden');
  const writable = new Set(visible.filter(({ access }) => isWritable(access)).map(({ name }) => name));
  const required = visible
    .filter(({ name, access }) => access === 'required' || (writable.has(name) && schema.required?.includes(name)))
    .map(({ name }) => name);
  const conditions = (schema.allOf ?? []).flatMap((each) => plainCondition(each, writable));
  return {
    type: 'object',
    title: schema['x-title'][locale],
    additionalProperties: false,
    properties: Object.fromEntries(
      visible.map(({ name, field, access }) => [name, plainField(field, locale, isWritable(access))]),
    ),
    required,
    ...(conditions.length > 0 && { allOf: conditions }),
  };
}

function plainField(field: FieldSchema, locale: Locale, writable: boolean): PlainSchema {
  const texts = { title: field['x-title'][locale], ...(field['x-help'] && { description: field['x-help'][locale] }) };
  // What one may only read was valid when it was written; a later version must not make it a hindrance.
  if (!writable) return { ...texts, readOnly: true };
  return { ...texts, ...plainValue(field, locale) };
}

type Plain = (field: FieldSchema, own: PlainSchema, locale: Locale) => PlainSchema;

const anId: Plain = () => ({ type: 'string', pattern: uuidPattern });

/** What the kinds add to their own keywords, or have in their place. */
const kinds: Partial<Record<FieldKind, Plain>> = {
  text: (_field, own) => ({ maxLength: 200, ...own }),
  longText: (_field, own) => ({ maxLength: 4000, ...own }),
  integer: (_field, own) => ({ minimum: -2_147_483_648, maximum: 2_147_483_647, ...own }),
  number: (field, own) => ({ ...limits(field), ...own }),
  money: (field, own) => ({ ...limits(field), ...own }),
  choice: (field, _own, locale) => ({ type: 'string', oneOf: plainChoices(field, locale) }),
  manyChoice: (field, own, locale) => ({ ...own, items: { type: 'string', oneOf: plainChoices(field, locale) } }),
  person: anId,
  party: anId,
  department: anId,
  ref: anId,
  signature: anId,
  files: (_field, own) => ({ maxItems: 20, ...own, items: { type: 'string', pattern: uuidPattern } }),
  location: () => locationSchema,
  table: (field, own, locale) => ({ maxItems: 200, ...own, items: plainRow(field.items as RowSchema, locale) }),
};

function plainValue(field: FieldSchema, locale: Locale): PlainSchema {
  const own = withoutOurs(field);
  return kinds[field['x-field']]?.(field, own, locale) ?? own;
}

function plainRow(row: RowSchema, locale: Locale): PlainSchema {
  const properties: Record<string, PlainSchema> = { id: { type: 'string', pattern: uuidPattern } };
  for (const [name, field] of Object.entries(row.properties)) {
    properties[name] = plainField(field, locale, field['x-field'] !== 'computed');
  }
  return { type: 'object', additionalProperties: false, properties, required: row.required ?? [] };
}

/** The keywords of JSON Schema that stand beside ours. */
function withoutOurs(field: FieldSchema): PlainSchema {
  const { oneOf: _oneOf, items: _items, description: _description, ...rest } = field;
  return Object.fromEntries(Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-')));
}

/** What the column holds at most, where the form type says nothing narrower. */
function limits(field: FieldSchema): PlainSchema {
  const { digits, decimals } = precisionOf(field) ?? { digits: 15, decimals: 0 };
  const beyond = 10 ** (digits - decimals);
  return {
    ...(field.maximum === undefined && { exclusiveMaximum: beyond }),
    ...(field.minimum === undefined && { exclusiveMinimum: -beyond }),
  };
}

function plainChoices(field: FieldSchema, locale: Locale): PlainSchema[] {
  return choicesOf(field)
    .filter((choice) => choice['x-retired'] !== true)
    .map((choice) => ({ const: choice.const, title: choice['x-title'][locale] }));
}

/** A condition may only require what the person may write. */
function plainCondition(condition: Conditional, writable: ReadonlySet<string>): PlainSchema[] {
  const own = (part: Conditional['then']): string[] => (part?.required ?? []).filter((name) => writable.has(name));
  const [then, otherwise] = [own(condition.then), own(condition.else)];
  if (then.length === 0 && otherwise.length === 0) return [];
  // Without this an absent field would match every condition on its value.
  const required = [...new Set([...Object.keys(condition.if.properties), ...(condition.if.required ?? [])])];
  return [{ if: { ...condition.if, required }, then: { required: then }, else: { required: otherwise } }];
}
