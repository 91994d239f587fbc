/** What a flow tells with a key of its own, in the words of content/notices; the product's own kinds have theirs in the screens. */
import type { Static } from 'typebox';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import { Text } from '../schema.ts';

type Words = Static<typeof Text>;

const inApp = new Map(
  Object.entries(notices.kinds).flatMap(([kind, words]): [string, Words][] =>
    'inApp' in words ? [[kind, words.inApp as Words]] : [],
  ),
);

/** Filled in; null: the content has none. */
export function wordsOf(kind: string, values: Readonly<Record<string, unknown>>): Words | null {
  const words = inApp.get(kind);
  if (words === undefined) return null;
  return { 'zh-CN': fill(words['zh-CN'], values, 'zh-CN'), en: fill(words.en, values, 'en') };
}

function fill(text: string, values: Readonly<Record<string, unknown>>, language: keyof Words): string {
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    const said = typeof value === 'object' && value !== null ? (value as Partial<Words>)[language] : value;
    return typeof said === 'string' || typeof said === 'number' ? String(said) : '';
  });
}
