/** Whatever the program words for people, it words in both languages: Chinese where Chinese is asked for, and none of it in English. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALENDAR_PROBLEMS } from '../workflows/engine/calendar/problems.ts';
import { REFUSAL_CODES } from '../workflows/bpmn/refusal.ts';
import { CHECK_CODES } from '../workflows/engine/check.ts';
import calendars from './definitions/calendar-texts.json' with { type: 'json' };
import bpmn from './definitions/bpmn-texts.json' with { type: 'json' };
import checks from './definitions/check-texts.json' with { type: 'json' };
import problems from './problem-texts.json' with { type: 'json' };
import { startTexts } from './services/messages.ts';

interface Pair {
  where: string;
  zh: unknown;
  en: unknown;
}

const root = join(import.meta.dirname, '..');
const han = /\p{Script=Han}/u;
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Every text of a JSON document. */
function pairsIn(value: unknown, where: string): Pair[] {
  if (typeof value !== 'object' || value === null) return [];
  const { 'zh-CN': zh, en } = value as { 'zh-CN'?: unknown; en?: unknown };
  if (zh !== undefined || en !== undefined) return [{ where, zh, en }];
  return Object.entries(value).flatMap(([name, each]) => pairsIn(each, `${where}/${name}`));
}

/** Values that are filled in, wherever they stand. */
function holes(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();
}

const bare = (text: string): string => text.replaceAll(/\{\w+\}/g, '');

function faultOf({ where, zh, en }: Pair): string[] {
  if (typeof zh !== 'string' || typeof en !== 'string' || zh === '' || en === '')
    return [`${where}: not in both languages`];
  if (han.test(en)) return [`${where}: Chinese in the English text: ${en}`];
  // Nothing but values and signs is the same in every language.
  if (/[a-z]/i.test(bare(zh)) && !han.test(zh)) return [`${where}: no Chinese in the Chinese text: ${zh}`];
  return holes(zh).join() === holes(en).join() ? [] : [`${where}: ${zh} and ${en} differ in their values`];
}

const documents = globSync(
  [
    'content/{calendars,roles,notices,panels}/*.json',
    'content/verbs.json',
    'forms/*/*.json',
    'workflows/flows/*.json',
    'server/print/texts.json',
  ],
  { cwd: root },
);

describe('texts in both languages', () => {
  it('of every line of the start', () => {
    const pairs = Object.entries(startTexts).map(([where, [zh, en]]) => ({ where, zh, en }));

    expect(pairs.length).toBeGreaterThan(50);
    expect(pairs.flatMap(faultOf)).toEqual([]);
  });

  it('of every problem', () => {
    expect(pairsIn(problems, 'problem-texts').flatMap(faultOf)).toEqual([]);
  });

  it('of whatever a flow is refused for', () => {
    expect(Object.keys(checks).sort()).toEqual([...CHECK_CODES].sort());
    expect(pairsIn(checks, 'check-texts').flatMap(faultOf)).toEqual([]);
  });

  it('of whatever a BPMN file is refused for', () => {
    expect(Object.keys(bpmn).sort()).toEqual(
      [...REFUSAL_CODES, 'process_missing', 'process_unknown', 'takes_too_long'].sort(),
    );
    expect(pairsIn(bpmn, 'bpmn-texts').flatMap(faultOf)).toEqual([]);
  });

  it('of whatever a calendar, or the list of its year, is refused for', () => {
    const ofLines = ['column_missing', 'kind_unknown', 'date_invalid'];

    expect(Object.keys(calendars).sort()).toEqual([...CALENDAR_PROBLEMS, ...ofLines].sort());
    expect(pairsIn(calendars, 'calendar-texts').flatMap(faultOf)).toEqual([]);
  });

  it.each(documents)('of %s', (path) => {
    expect(pairsIn(read(path), path).flatMap(faultOf)).toEqual([]);
  });

  it.each(globSync('ui/messages/**/zh-CN.json', { cwd: root }))('of the screens: %s', (path) => {
    const [zh, en] = [read(path), read(path.replace('zh-CN', 'en'))] as Record<string, unknown>[];
    const keys = [...new Set([...Object.keys(zh!), ...Object.keys(en!)])].filter((key) => key !== '$schema');
    const pairs = keys.map((key) => ({ where: key, zh: zh![key], en: en![key] }));

    expect(
      pairs.filter(({ zh: one, en: other }) => typeof one !== 'object' && typeof other !== 'object').flatMap(faultOf),
    ).toEqual([]);
    expect(
      pairs
        .filter(({ zh: one, en: other }) => (typeof one === 'object') !== (typeof other === 'object'))
        .map(({ where }) => where),
    ).toEqual([]);
  });
});
