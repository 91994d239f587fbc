// The component of each widget.
import type { Component } from 'svelte';
import CheckChips from './fields/CheckChips.svelte';
import ChoiceCards from './fields/ChoiceCards.svelte';
import ChoiceSegments from './fields/ChoiceSegments.svelte';
import ChoiceSelect from './fields/ChoiceSelect.svelte';
import DateField from './fields/DateField.svelte';
import DateTimeField from './fields/DateTimeField.svelte';
import LongTextField from './fields/LongTextField.svelte';
import NumberField from './fields/NumberField.svelte';
import PhotosField from './fields/PhotosField.svelte';
import PickerField from './fields/PickerField.svelte';
import RareField from './fields/RareField.svelte';
import SwitchField from './fields/SwitchField.svelte';
import TextField from './fields/TextField.svelte';
import YesNoField from './fields/YesNoField.svelte';
import type { Widget } from './model/types.ts';
import type { WidgetProps } from './state.svelte.ts';

export const widgets: Record<Widget, Component<WidgetProps>> = {
  line: TextField,
  phone: TextField,
  area: LongTextField,
  number: NumberField,
  stars: RareField,
  date: DateField,
  dateTime: DateTimeField,
  duration: RareField,
  switch: SwitchField,
  yesNo: YesNoField,
  segmented: ChoiceSegments,
  cards: ChoiceCards,
  tiles: RareField,
  select: ChoiceSelect,
  checks: CheckChips,
  person: PickerField,
  record: PickerField,
  photos: PhotosField,
  signature: RareField,
  location: RareField,
  table: RareField,
  meter: NumberField,
  none: TextField,
};
