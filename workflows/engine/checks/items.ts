/** forEach: its list may be one, the name of its items is theirs alone, and what names them on screens is a column. */
import type { Checking } from '../check.ts';
import type { ForEach } from '../flow.gen.ts';
import { BUILT_IN_NAMES, INDEX } from '../mentions.ts';
import { itemsAround, TALLY } from '../tree.ts';

export function checkItems(checking: Checking): void {
  for (const { step, path } of checking.visits) {
    if (step.kind !== 'forEach') continue;
    checkName(checking, step, itemsAround(checking, path));
    checkList(checking, step);
  }
}

function checkName({ context, report }: Checking, { id, as }: ForEach, around: readonly ForEach[]): void {
  const taken = [...BUILT_IN_NAMES, INDEX, ...TALLY, ...around.map((outer) => outer.as)];
  if (context.fields[as] !== undefined || taken.includes(as)) report(id, 'as', 'item_name_taken', { name: as });
}

/** Kinds of fields whose value is one thing. A person field may hold several. */
const SINGLE = new Set([
  ...['text', 'longText', 'integer', 'number', 'money', 'date', 'dateTime', 'duration', 'boolean', 'choice'],
  ...['party', 'department', 'ref', 'autoNumber', 'location', 'signature', 'computed'],
]);

function checkList({ context, report }: Checking, { id, list, label }: ForEach): void {
  const field = context.fields[list];
  if (field && SINGLE.has(field.type)) report(id, 'list', 'list_not_list', { field: list });
  if (label === undefined) return;
  if (field?.columns?.[label] === undefined) report(id, 'label', 'unknown_field', { field: `${list}.${label}` });
}
