// The choices of a field as options of a widget. Retired ones are offered only while they are the value.
import { localText } from '#lib/i18n/locale.ts';
import type { FieldModel } from './model/types.ts';

export interface Option {
  value: string;
  label: string;
}

export function optionsOf(field: FieldModel, value: unknown): Option[] {
  const kept = Array.isArray(value) ? value : [value];
  return field.choices
    .filter((choice) => choice['x-retired'] !== true || kept.includes(choice.const))
    .map((choice) => ({ value: choice.const, label: localText(choice['x-title']) }));
}
