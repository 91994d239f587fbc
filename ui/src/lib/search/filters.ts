// What a search asks: words and filters. It lives in the address, so that a link, a reload and the back key find the same list.
import type { CaseStatus } from '#lib/api/types.gen.ts';

export interface Filters {
  q: string;
  flow: string;
  status: CaseStatus | '';
  community: string;
  /** A step of the flow. */
  stage: string;
  handler: string;
  /** Days, YYYY-MM-DD. */
  from: string;
  to: string;
  overdue: boolean;
  /** Overdue, and told to somebody higher up. */
  escalated: boolean;
  mine: boolean;
}
export type FilterName = keyof Filters;

export const noFilters: Filters = {
  ...{ q: '', flow: '', status: '', community: '', stage: '', handler: '', from: '', to: '' },
  ...{ overdue: false, escalated: false, mine: false },
};
export const statuses: readonly CaseStatus[] = [
  'starting',
  'running',
  'suspended',
  'cancelling',
  'completed',
  'cancelled',
];

const texts = ['q', 'flow', 'community', 'stage', 'handler', 'from', 'to'] as const;
const flags = ['overdue', 'escalated', 'mine'] as const;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** Unknown names and impossible values are left out: an address may come from anywhere. */
export function fromAddress(params: Pick<URLSearchParams, 'get'>): Filters {
  const filters = { ...noFilters };
  for (const name of texts) filters[name] = params.get(name) ?? '';
  for (const name of flags) filters[name] = params.get(name) === 'true';
  filters.status = statuses.find((status) => status === params.get('status')) ?? '';
  for (const name of ['from', 'to'] as const) if (!dayPattern.test(filters[name])) filters[name] = '';
  return filters;
}

/** In one order, without what is not asked. */
export function toAddress(filters: Filters): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(toQuery(filters))) params.set(name, value);
  return params.toString();
}

export function toQuery(filters: Filters): Record<string, string> {
  const names = Object.keys(noFilters) as FilterName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = typeof filters[name] === 'string' ? filters[name].trim() : filters[name];
      return value === '' || value === false ? [] : [[name, String(value)]];
    }),
  );
}

/** Without one filter; a stage means nothing without its flow. */
export function without(filters: Filters, name: FilterName): Filters {
  const rest = { ...filters, [name]: noFilters[name] };
  return name === 'flow' ? { ...rest, stage: '' } : rest;
}

/** How many are set, words not counted. */
export function countFilters(filters: Filters): number {
  return Object.keys(toQuery({ ...filters, q: '' })).length;
}
