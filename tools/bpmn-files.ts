/** What the BPMN commands print in common. */
import type { ImportRefusal } from '../workflows/bpmn/refusal.ts';

/** One line for each element that cannot be taken over. */
export function printRefusals(refusals: ImportRefusal[]): void {
  for (const { element, line, code, reason } of refusals)
    process.stderr.write(`${element ?? 'file'}${line === null ? '' : ` (line ${line})`}: ${reason} [${code}]\n`);
}
