// The filters that are set, as words on chips.
import type { CaseFacets } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { toQuery, type FilterName, type Filters } from './filters.ts';
import { statusTexts } from './status.ts';

export interface ChipView {
  name: FilterName;
  text: string;
}
interface Names {
  facets: CaseFacets | undefined;
  communities: readonly { id: string; name: string }[];
  personName: (id: string) => string;
}
type Tell = (filters: Filters, names: Names) => string;

const chip = (name: string, value: string): string => m.search_chip({ name, value });
const flowOf = ({ flow }: Filters, { facets }: Names) => facets?.flows.find(({ key }) => key === flow);

const tells: Record<Exclude<FilterName, 'q'>, Tell> = {
  flow: (filters, names) => chip(m.search_flow(), localText(flowOf(filters, names)?.title) || filters.flow),
  stage: (filters, names) => {
    const stage = flowOf(filters, names)?.stages.find(({ step }) => step === filters.stage);
    return chip(m.search_stage(), localText(stage?.title) || filters.stage);
  },
  status: ({ status }) => chip(m.search_status(), status === '' ? '' : statusTexts[status]()),
  community: ({ community }, { communities }) =>
    chip(m.search_community(), communities.find(({ id }) => id === community)?.name ?? '…'),
  handler: ({ handler }, { personName }) => chip(m.search_handler(), personName(handler)),
  from: ({ from }) => chip(m.search_from(), from),
  to: ({ to }) => chip(m.search_to(), to),
  overdue: () => m.search_overdue(),
  escalated: () => m.search_escalated(),
  mine: () => m.search_mine(),
};

export function chipsOf(filters: Filters, names: Names): ChipView[] {
  // The words stand in the search field.
  const set = Object.keys(toQuery({ ...filters, q: '' })) as Exclude<FilterName, 'q'>[];
  return set.map((name) => ({ name, text: tells[name](filters, names) }));
}
