// What runs before the first paint (ui/static/theme.js), with a browser small enough to be passed in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';

const program = readFileSync(join(import.meta.dirname, '../../../static/theme.js'), 'utf8');

interface Browser {
  chosen?: Record<string, string>;
  languages?: string[];
  serverLanguage?: string;
  prefersDark?: boolean;
}

function start({ chosen = {}, languages = [], serverLanguage = 'zh-CN', prefersDark = false }: Browser) {
  const classes = new Set<string>();
  const toggle = (name: string, on: boolean): void => {
    if (on) classes.add(name);
  };
  const root = { lang: serverLanguage, classList: { toggle } };
  runInNewContext(program, {
    document: { documentElement: root },
    localStorage: { getItem: (key: string) => chosen[key] ?? null },
    navigator: { languages },
    matchMedia: () => ({ matches: prefersDark }),
  });
  return { lang: root.lang, dark: classes.has('dark') };
}

it('speaks what was chosen here, whatever the browser asks for', () => {
  expect(start({ chosen: { PARAGLIDE_LOCALE: 'zh-CN' }, languages: ['en-US'], serverLanguage: 'en' }).lang).toBe(
    'zh-CN',
  );
});

it.each([
  [['en-GB', 'zh'], 'en'],
  [['fr', 'zh-TW', 'en'], 'zh-CN'],
  [['zh'], 'zh-CN'],
])('else the first language of the browser that there are texts in: %s', (languages, expected) => {
  expect(start({ languages }).lang).toBe(expected);
});

it.each(['en', 'zh-CN'])("else the server's default: %s", (serverLanguage) => {
  expect(start({ languages: ['fr', 'enm-x'], serverLanguage }).lang).toBe(serverLanguage);
});

it('is dark by choice, else as the machine is', () => {
  expect(start({ prefersDark: true }).dark).toBe(true);
  expect(start({ prefersDark: true, chosen: { theme: 'light' } }).dark).toBe(false);
  expect(start({ chosen: { theme: 'dark' } }).dark).toBe(true);
});
