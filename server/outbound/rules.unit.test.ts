import { describe, expect, it } from 'vitest';
import { Compile } from 'typebox/compile';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import { NotificationKind } from '../notifications/schemas.ts';
import { NoticeContent } from './rules.ts';

/** What the trigger can fill in for every notification of a case. */
const known = ['number', 'title', 'flow', 'step', 'by', 'name', 'due'];

interface Words {
  'zh-CN': string;
  en: string;
}

describe('content/notices', () => {
  it('is what its shape says', () => {
    expect([...Compile(NoticeContent).Errors(notices)]).toEqual([]);
  });

  it('says of every kind of the product what becomes of it', () => {
    expect(Object.keys(notices.kinds)).toEqual(expect.arrayContaining([...NotificationKind.enum]));
  });

  it.each(Object.entries(notices.kinds))(
    '%s: both languages use the same values, and only known ones',
    (kind, rule) => {
      const allowed = (NotificationKind.enum as readonly string[]).includes(kind) ? known : null;
      for (const words of wordsIn(rule)) {
        const names = namesIn(words['zh-CN']);
        expect(namesIn(words.en)).toEqual(names);
        expect(allowed ?? names).toEqual(expect.arrayContaining(names));
        expect(words['zh-CN']).toMatch(/\p{Script=Han}/u);
        expect(words.en).not.toMatch(/\p{Script=Han}/u);
      }
    },
  );
});

/** Every text of a rule, in both languages. */
function wordsIn(value: unknown): Words[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('zh-CN' in value) return [value as Words];
  return Object.values(value).flatMap(wordsIn);
}

function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
}
