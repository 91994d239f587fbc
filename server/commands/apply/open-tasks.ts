/** Whether the rows show exactly the open tasks that the engine has (protocol.md rule 5). */
import { checksumOf } from '../../../workflows/engine/views.ts';
import type { OpenTasks } from '../../../workflows/engine/types.ts';

export function sameOpenTasks(rows: readonly string[], open: OpenTasks): boolean {
  if ('count' in open) return rows.length === open.count && checksumOf(rows) === open.checksum;
  const ids = new Set(open.ids);
  return rows.length === ids.size && rows.every((id) => ids.has(id));
}
