/**
 * How big a definition may be, looked at before anything else is: what a validator says of ten thousand bad fields takes minutes and helps
 * nobody.
 */
import type { Problem } from './types.ts';

/** Problems told at once. */
export const mostProblems = 50;
const longestDefinition = 300_000;
const mostFields = 200;
const mostRowFields = 50;
/** Those of sub-tables included. */
const mostFieldsInAll = 1000;
const mostConstraints = 20;
const mostConditions = 50;

/** Of a form type. Whatever has another shape than a form type's is left to form.schema.json. */
export function checkBounds(schema: unknown): Problem[] {
  if (isTooLong(schema)) return [tooLong('/schema')];
  const form = objectOf(schema);
  const fields = objectOf(form.properties);
  const rows = Object.entries(fields).map(([name, field]) => ({
    path: `/schema/properties/${name}/items/properties`,
    count: countOf(objectOf(objectOf(field).items).properties),
  }));
  const inAll = rows.reduce((total, { count }) => total + count, countOf(fields));
  const over: [string, number, number][] = [
    ['/schema/properties', countOf(fields), mostFields],
    ...(countOf(fields) > mostFields
      ? []
      : [['/schema/properties', inAll, mostFieldsInAll] as [string, number, number]]),
    ...rows.map(({ path, count }): [string, number, number] => [path, count, mostRowFields]),
  ];
  const long: [string, unknown, number][] = [
    ['/schema/x-constraints', form['x-constraints'], mostConstraints],
    ['/schema/allOf', form.allOf, mostConditions],
  ];
  return [
    ...over
      .filter(([, count, limit]) => count > limit)
      .map(([path, , limit]) => ({ path, code: 'schema_max_properties', params: { limit } })),
    ...long
      .filter(([, list, limit]) => Array.isArray(list) && list.length > limit)
      .map(([path, , limit]) => ({ path, code: 'schema_max_items', params: { limit } })),
  ].slice(0, mostProblems);
}

export function checkLayoutBounds(layout: unknown): Problem[] {
  return isTooLong(layout) ? [tooLong('/layout')] : [];
}

function isTooLong(definition: unknown): boolean {
  return JSON.stringify([definition]).length > longestDefinition;
}

function tooLong(path: string): Problem {
  return { path, code: 'schema_too_long', params: { limit: longestDefinition } };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function countOf(fields: unknown): number {
  return Object.keys(objectOf(fields)).length;
}
