// Filters written among the words: 状态:逾期 流程:报修 漏水. A token that names nothing we know stays a word.
import type { CaseFacets } from '#lib/api/types.gen.ts';
import { localText } from '#lib/i18n/locale.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Filters } from './filters.ts';
import { statusTexts } from './status.ts';

export interface Vocabulary {
  facets: CaseFacets | undefined;
  communities: readonly { id: string; name: string }[];
}
export interface Read {
  /** What the tokens set. */
  set: Partial<Filters>;
  /** The words that are left. */
  q: string;
  /** A name to be looked up. */
  handler: string;
}
type Reader = (value: string, read: Read, known: Vocabulary) => boolean;

const tokenPattern = /(?:^|\s)([^\s:：]+)[:：]([^\s:：]+)(?=\s|$)/g;

const readers: Record<string, Reader> = {
  status: (value, { set }) => {
    if (same(value, m.search_token_overdue()) || same(value, m.search_overdue())) return (set.overdue = true);
    const status = Object.entries(statusTexts).find(([, text]) => same(text(), value))?.[0];
    if (status === undefined) return false;
    set.status = status as Filters['status'];
    return true;
  },
  flow: (value, { set }, { facets }) => {
    const flow = facets?.flows.find(({ title }) => has(localText(title), value));
    set.flow = flow?.key ?? set.flow ?? '';
    return flow !== undefined;
  },
  stage: (value, { set }, { facets }) => {
    const flows = facets?.flows.filter(({ key }) => (set.flow ?? '') === '' || key === set.flow) ?? [];
    for (const { key, stages } of flows) {
      const stage = stages.find(({ title }) => has(localText(title), value));
      if (stage === undefined) continue;
      Object.assign(set, { flow: key, stage: stage.step });
      return true;
    }
    return false;
  },
  community: (value, { set }, { communities }) => {
    const found = communities.find(({ name }) => has(name, value));
    set.community = found?.id ?? set.community ?? '';
    return found !== undefined;
  },
  handler: (value, read) => {
    read.handler = value;
    return true;
  },
  // A name is found among the words anyway.
  by: (value, read) => {
    if (same(value, m.search_token_me())) read.set.mine = true;
    else read.q = `${read.q} ${value}`;
    return true;
  },
  from: (value, { set }) => day(value, (found) => (set.from = found)),
  to: (value, { set }) => day(value, (found) => (set.to = found)),
};

const names: Record<string, () => string> = {
  status: m.search_token_status,
  flow: m.search_token_flow,
  stage: m.search_token_stage,
  community: m.search_token_community,
  handler: m.search_token_handler,
  by: m.search_token_by,
  from: m.search_token_from,
  to: m.search_token_to,
};

export function readTokens(text: string, known: Vocabulary): Read {
  const read: Read = { set: {}, q: '', handler: '' };
  // A token may be at the end of another's space: the spaces are doubled so that each has its own.
  const left = text.replaceAll(/\s/g, '  ').replaceAll(tokenPattern, (whole, name: string, value: string) => {
    const key = Object.keys(names).find((each) => same(names[each]?.() ?? '', name) || same(each, name));
    return key !== undefined && readers[key]?.(value, read, known) === true ? ' ' : whole;
  });
  read.q = `${left} ${read.q}`.replaceAll(/\s+/g, ' ').trim();
  return read;
}

function day(value: string, keep: (day: string) => void): boolean {
  const found = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(value);
  if (found === null) return false;
  const [, year = '', month = '', date = ''] = found;
  keep(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`);
  return true;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
