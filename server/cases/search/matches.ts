/** Where in a found case the words stand, with a few words around them: the reader sees why it was found. */
import type { Static } from 'typebox';
import type { CaseItemView } from '../../case-views/case-items.ts';
import type { PublishedFlow } from '../../definitions/published.ts';
import type { SearchWord } from './grams.ts';
import type { CaseMatch } from './schemas.ts';

export interface Hit {
  caseId: string;
  part: string;
  plain: string | null;
}
interface Context {
  /** By case. */
  flows: ReadonlyMap<string, PublishedFlow>;
  words: readonly SearchWord[];
}

const mostMatches = 3;
const excerptLength = 60;

/** The head is on screen anyway, and so is the number as a field. */
export function matchesOf(
  { id, number }: CaseItemView,
  hits: readonly Hit[],
  { flows, words }: Context,
): Static<typeof CaseMatch>[] {
  const form = flows.get(id)?.form;
  const own = hits.filter((hit) => hit.caseId === id && hit.part !== 'head' && hit.plain !== number);
  return own.slice(0, mostMatches).map(({ part, plain }) => {
    const field = part.startsWith('field ') ? part.slice('field '.length) : undefined;
    return {
      part: field ?? part,
      label: field === undefined ? null : (form?.byName.get(field)?.title ?? null),
      excerpt: plain === null ? null : excerptOf(plain, words),
    };
  });
}

/** The part of a text around the first word that stands in it as it was written; else its beginning. */
function excerptOf(text: string, words: readonly SearchWord[]): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  const low = flat.toLowerCase();
  const at = words.map(({ patterns }) => low.indexOf(bare(patterns[0] ?? ''))).filter((index) => index >= 0);
  const start = Math.max(0, (at.length === 0 ? 0 : Math.min(...at)) - 12);
  const shown = flat.slice(start, start + excerptLength);
  return `${start > 0 ? '…' : ''}${shown}${start + excerptLength < flat.length ? '…' : ''}`;
}

/** `% 水管 管漏%` was 水管漏; the first pair is enough to find the place. */
function bare(pattern: string): string {
  return pattern.replaceAll('%', '').trim().split(' ')[0] ?? '';
}
