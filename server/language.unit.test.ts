import { expect, it } from 'vitest';
import { languageOf, type Asking } from './language.ts';

function asking(own: 'zh-CN' | 'en' | null, accept?: string): Asking {
  return {
    person: { id: 'p', username: 'lin', name: '林晓梅', locale: own },
    headers: accept === undefined ? {} : { 'accept-language': accept },
  };
}

it("takes the person's own choice first", () => {
  expect(languageOf(asking('zh-CN', 'en'), 'en')).toBe('zh-CN');
});

it.each([
  ['en', 'en'],
  ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['fr,en-GB;q=0.8,zh;q=0.7', 'en'],
  ['zh;q=0.2, en;q=0.9', 'en'],
  ['ZH-hans-CN', 'zh-CN'],
] as const)('takes what the program asks for: %s', (header, expected) => {
  expect(languageOf(asking(null, header), expected === 'en' ? 'zh-CN' : 'en')).toBe(expected);
});

it.each([undefined, '', 'fr, de;q=0.5', '*', 'en;q=0', 'zh;q=often'])(
  'falls back to the language of the server: %s',
  (header) => {
    expect(languageOf(asking(null, header), 'en')).toBe('en');
    expect(languageOf(asking(null, header), 'zh-CN')).toBe('zh-CN');
  },
);
