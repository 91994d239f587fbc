/** The Chinese that the program itself says, and where a page shows some of it: on an English page only records may be Chinese. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const han = /\p{Script=Han}/u;
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Texts of the screens, and of what is data of the program: roles, verbs, notices, panels, forms and flows. */
function sayings(): string[] {
  const screens = globSync('ui/messages/**/zh-CN.json', { cwd: root }).flatMap((path) => strings(read(path)));
  const data = globSync(
    ['content/{roles,panels,notices}/*.json', 'content/verbs.json', 'forms/*/*.json', 'workflows/flows/*.json'],
    { cwd: root },
  ).flatMap((path) => chineseIn(read(path)));
  return [...new Set([...screens, ...data])].map((text) => text.trim()).filter((text) => han.test(text));
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function chineseIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { 'zh-CN'?: unknown })['zh-CN'];
  if (typeof own === 'string') return [own];
  return Object.values(value).flatMap(chineseIn);
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const whole = new Set(sayings().filter((text) => !text.includes('{')));
/** With values in them, where two characters at least are the program's own. */
const filled = sayings()
  .filter((text) => text.includes('{') && (text.replaceAll(/\{\w+\}/g, '').match(/\p{Script=Han}/gu) ?? []).length >= 2)
  .map(
    (text) =>
      new RegExp(
        `^${text
          .split(/\{\w+\}/)
          .map(escape)
          .join('.*')}$`,
        'su',
      ),
  );

/** What of a page's texts the program says in Chinese. A text may be several, divided by a sign. */
export function chineseOf(texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => [text, ...text.split(/\s*[·|:：]\s*|\s{2,}/)]).map((text) => text.trim());
  const suspects = [...new Set(parts)].filter((text) => han.test(text));
  return suspects.filter((text) => whole.has(text) || filled.some((pattern) => pattern.test(text)));
}

/** Every text that a page shows or tells: text nodes, names, tooltips, placeholders. Not what is marked as of another language: a message that was sent. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isHere = (element: Element): boolean =>
      element.closest('[lang]') === document.documentElement && !['SCRIPT', 'STYLE'].includes(element.tagName);
    const told = (element: Element): string[] =>
      ['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? '');
    const written = (element: Element): string[] =>
      [...element.childNodes].filter((node) => node instanceof Text).map((node) => node.data);
    const elements = [...document.body.querySelectorAll('*')].filter(isHere);
    const texts = elements.flatMap((element) => [...told(element), ...written(element)]);
    return [document.title, ...texts].map((text) => text.trim()).filter((text) => text !== '');
  });
}
