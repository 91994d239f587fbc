/** The sentence with which a rule refuses an act, in both languages: `{name}` and `{name.part}` show values as people know them. */
import type { RefuseRule, Text } from '../../../workflows/engine/flow.gen.ts';
import type { FieldInfo } from '../../../forms/types.ts';
import { plain } from '../../db/records/feel-values.ts';
import type { LoadedForm } from '../../db/records/form-store.ts';
import type { Labels } from '../../db/records/labels.ts';
import type { FieldError } from '../../errors.ts';

const languages = ['zh-CN', 'en'] as const;

export interface Shown {
  form: LoadedForm;
  values: ReadonlyMap<string, unknown>;
  /** Names of the records that the fields refer to. */
  labels: Labels;
}

export function toRefusal({ message, field }: RefuseRule, shown: Shown): FieldError {
  const texts = languages.map((language) => [language, fill(message, language, shown)] as const);
  return {
    path: field === undefined ? '' : `/fields/${field}`,
    code: 'refused',
    params: { message: Object.fromEntries(texts) },
  };
}

function fill(message: Text, language: 'zh-CN' | 'en', { form, values, labels }: Shown): string {
  return message[language].replaceAll(/\{([a-zA-Z]\w*(?:\.\w+)*)\}/g, (_match, path: string) => {
    const [name = '', ...parts] = path.split('.');
    const value = parts.reduce<unknown>((whole, part) => partOf(whole, part), plain(values.get(name) ?? null));
    const field = parts.length === 0 ? form.byName.get(name) : undefined;
    return [value]
      .flat()
      .map((each) => word(field, each, { language, labels }))
      .join(language === 'en' ? ', ' : '、');
  });
}

function partOf(whole: unknown, part: string): unknown {
  const isContext = typeof whole === 'object' && whole !== null && Object.hasOwn(whole, part);
  return isContext ? (whole as Record<string, unknown>)[part] : null;
}

function word(
  field: FieldInfo | undefined,
  value: unknown,
  { language, labels }: { language: 'zh-CN' | 'en'; labels: Labels },
): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return typeof value === 'number' ? String(value) : JSON.stringify(value);
  const choice = field?.choices.find((each) => each.const === value);
  return choice?.['x-title'][language] ?? labels[value] ?? value;
}
