/**
 * What was promised by number has a test by that number: the rules of the command protocol (protocol.md), and the threads of complaints
 * about others (ux.md section 2) that concern the engine.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = globSync('{activities,content,e2e,forms,server,tools,ui/src,workflows}/**/*.{test,spec}.ts', {
  cwd: root,
});
const titles = files.flatMap((file) => titlesOf(readFileSync(join(root, file), 'utf8')));

const rules = Array.from({ length: 25 }, (_, index) => index + 1);
const threads = [1, 2, 3, 4, 5, 6, 7, 11, 12, 17, 18, 20, 22, 23, 24, 25, 31];

/** Texts that a call begins with: those of `describe` and `it`, also behind `each`. */
function titlesOf(source: string): string[] {
  return [...source.matchAll(/\(\s*(['"`])(.*?)\1,\s/g)].map(([, , title = '']) => title);
}
/** As in `rule 5: …`, `rules 15 and 16: …`, `… (thread 2)`. */
function numbersOf(word: string, title: string): number[] {
  const lists = title.matchAll(new RegExp(`\\b${word}s? (\\d+(?:(?:, | and )\\d+)*)`, 'g'));
  return [...lists].flatMap(([, list = '']) => list.split(/\D+/).map(Number));
}

describe('every number has a test', () => {
  it.each([
    ['rule', rules],
    ['thread', threads],
  ] as const)('%s', (word, numbers) => {
    const tested = new Set(titles.flatMap((title) => numbersOf(word, title)));

    expect(numbers.filter((number) => !tested.has(number))).toEqual([]);
  });

  it('and a number that nobody promised is a slip', () => {
    const known = new Set<number>(threads);

    expect(titles.filter((title) => numbersOf('thread', title).some((number) => !known.has(number)))).toEqual([]);
  });

  it('as they are written', () => {
    expect(titlesOf("it('rule 5: a', () => {\n  ] as const)('rules 15, 16 and 17: %s', (x) => {\n// rule 9")).toEqual([
      'rule 5: a',
      'rules 15, 16 and 17: %s',
    ]);
    expect(numbersOf('rule', 'rules 15, 16 and 17: %s (rule 2)')).toEqual([15, 16, 17, 2]);
    expect(numbersOf('thread', 'rule 14 and thread 22')).toEqual([22]);
  });
});
