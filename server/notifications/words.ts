/** What a flow tells with a key of its own, in the words of content/notices; the product's own kinds have theirs in the screens. */
import type { Static } from 'typebox';
import notices from '../../content/notices/notices.json' with { type: 'json' };
import type { Text } from '../schema.ts';

type Words = Static<typeof Text>;
type Values = Readonly<Record<string, unknown>>;
/** As content/notices has them, of which only words for the screen are read here. */
type Kinds = Readonly<Record<string, { title?: Words; inApp?: Words }>>;

/** Filled in; null: the content has none. A value may itself be a text in both languages. */
export function wordsOf(kind: string, values: Values, kinds: Kinds = notices.kinds): Words | null {
  const words = Object.hasOwn(kinds, kind) ? kinds[kind]?.inApp : undefined;
  if (words === undefined) return null;
  return { 'zh-CN': fill(words['zh-CN'], values, 'zh-CN'), en: fill(words.en, values, 'en') };
}

function fill(text: string, values: Values, language: keyof Words): string {
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    const said = typeof value === 'object' && value !== null ? (value as Partial<Words>)[language] : value;
    return typeof said === 'string' || typeof said === 'number' ? String(said) : '';
  });
}
