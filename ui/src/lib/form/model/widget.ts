// Which widget fills a field: the layout's wish where the kind allows it, else the kind's own.
import type { FieldKind, FieldSchema, Widget } from './types.ts';

const own: Record<FieldKind, Widget> = {
  text: 'line',
  longText: 'area',
  integer: 'number',
  number: 'number',
  money: 'number',
  date: 'date',
  dateTime: 'dateTime',
  duration: 'duration',
  boolean: 'switch',
  choice: 'select',
  manyChoice: 'checks',
  person: 'person',
  party: 'record',
  department: 'record',
  ref: 'record',
  files: 'photos',
  signature: 'signature',
  location: 'location',
  table: 'table',
  autoNumber: 'none',
  computed: 'none',
};

/** The layout's words for a widget, by kind. A word that a kind does not know is ignored. */
const wished: Partial<Record<FieldKind, Record<string, Widget>>> = {
  text: { textarea: 'area', area: 'area', phone: 'phone' },
  longText: { line: 'line' },
  integer: { stars: 'stars', rating: 'stars', meter: 'meter' },
  number: { meter: 'meter' },
  money: { meter: 'meter' },
  computed: { meter: 'meter' },
  boolean: { radio: 'yesNo', yesNo: 'yesNo' },
  choice: {
    radio: 'segmented',
    segmented: 'segmented',
    cards: 'cards',
    tiles: 'tiles',
    icons: 'tiles',
    select: 'select',
  },
};

/** Up to this many choices are all shown at once. */
const FEW = 4;

export function widgetOf(kind: FieldKind, schema: FieldSchema, wish?: string): Widget {
  const named = wish === undefined ? undefined : wished[kind]?.[wish];
  if (named) return named;
  if (kind === 'choice' && (schema.oneOf?.length ?? 0) <= FEW) return 'segmented';
  if (kind === 'text' && schema['x-mask'] === 'phone') return 'phone';
  return own[kind];
}

/** Fields that need the whole width whatever the layout says. */
export function isWide(widget: Widget): boolean {
  return ['area', 'photos', 'table', 'signature', 'location', 'cards', 'tiles', 'checks', 'stars'].includes(widget);
}

const single: readonly Widget[] = ['line', 'meter', 'phone', 'area', 'number', 'select', 'date', 'dateTime'];

/** True when the widget is one input that a label can point at; the others are groups. */
export function hasOwnInput(widget: Widget): boolean {
  return single.includes(widget);
}
