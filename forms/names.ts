/**
 * Names in Postgres. They come only from a form type that passed form.schema.json, never from a request; camelCase becomes
 * snake_case, which is one to one because keys and fields hold no underscore. Names with two underscores are ours.
 */

/** What Postgres keeps of an identifier, in bytes. */
const longest = 63;

export const systemColumns = [
  'id',
  'community_id',
  'form_version',
  'version',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'deleted_at',
  'record_id',
  'ordinal',
] as const;

/** `builtArea` → `built_area`. */
export function toColumn(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new RangeError(`not a name: ${name}`);
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Quoted for SQL. Refuses whatever could end the quotes. */
export function quote(identifier: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(identifier)) throw new RangeError(`not an identifier: ${identifier}`);
  return `"${identifier}"`;
}

/** A table of schema `record`, quoted. */
export function recordTable(table: string): string {
  return `record.${quote(table)}`;
}

export function childTable(table: string, field: string): string {
  return `${table}__${toColumn(field)}`;
}

/** The table that keeps a record table's old rows. */
export function historyTable(table: string): string {
  return `_${table}`;
}

/** Joins parts into a name that fits; a long one ends in a hash of all of it. */
export function shortName(...parts: string[]): string {
  const whole = parts.join('__');
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 9)}_${hash(whole)}`;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** FNV-1a, eight hex digits: only to tell two long names apart. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}
