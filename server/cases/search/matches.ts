/** Where in a found case the words stand, with a few words around them: the reader sees why it was found. */
import type { Static } from 'typebox';
import type { CaseItemView } from '../../case-views/case-items.ts';
import type { PublishedFlow } from '../../definitions/published.ts';
import type { Language } from '../../case-views/task-items.ts';
import type { Text } from '../../../forms/types.ts';
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
  language: Language;
}

type Match = Static<typeof CaseMatch>;

const mostMatches = 3;
const excerptLength = 60;

/** Title and number are on screen anyway. */
export function matchesOf(item: CaseItemView, hits: readonly Hit[], context: Context): Match[] {
  const form = context.flows.get(item.id)?.form;
  const own = hits.filter(({ caseId, part }) => caseId === item.id && part !== 'head');
  const matches = own.map(({ part, plain }): Match => {
    const field = form?.byName.get(fieldOf(part) ?? '');
    const text = plain === null || field === undefined || field.choices.length === 0 ? plain : chosen(plain, context);
    return {
      part: fieldOf(part) ?? part,
      label: field?.title ?? null,
      excerpt: text === null ? null : excerptOf(text, context.words),
    };
  });
  const shown = `${item.number} ${item.title}`;
  return matches.filter(({ excerpt }) => excerpt === null || !shown.includes(excerpt)).slice(0, mostMatches);
}

function fieldOf(part: string): string | undefined {
  return part.startsWith('field ') ? part.slice('field '.length) : undefined;
}

/** What parts.ts kept of a choice. */
function chosen(plain: string, { language }: Context): string {
  return (JSON.parse(plain) as Text[]).map((title) => title[language]).join('、');
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
