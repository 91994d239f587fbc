/** A flow remembers the file that it was taken over from; out of that file it comes back with all that BPMN cannot say. */
import type { Flow } from '../../engine/flow.gen.ts';
import type { Element } from '../element.ts';
import { detailsOf, markOf, type Details } from '../extension.ts';
import { withoutDiagram } from '../laid/diagram.ts';
import { languageOf } from '../own/flow.ts';
import { withParts } from '../own/parts.ts';
import { inItsFile } from './export.ts';
import { merged } from './merge.ts';
import { takeFlow } from './text.ts';
import { isFlow } from './valid.ts';

export async function remembered(xml: string, process: Element, flow: Flow): Promise<Flow> {
  const details = detailsOf(process, 'Flow');
  const id = process.id ?? '';
  if (!details) return { ...flow, bpmn: { process: id, xml } };
  if (!Array.isArray(details.steps)) return flow;
  const language = languageOf(process);
  const written = withParts(details, {
    bpmn: { process: id, xml: withoutDiagram(takeFlow(xml, namesOf(process))) },
  });
  if (!isFlow(written)) return { ...flow, bpmn: { process: id, xml: withoutDiagram(takeFlow(xml)) } };
  const expected = await inItsFile(written, language);
  if (expected === xml) return written;
  // Somebody has changed the file since: what differs from what was written is theirs.
  const ours: Flow = { ...written, bpmn: { process: id, xml: withoutDiagram(takeFlow(xml)) } };
  return merged({ ours, theirs: flow, base: baseIn(details) ?? flow }, language);
}

function namesOf(process: Element): Record<string, string | null> {
  try {
    const names: unknown = JSON.parse(String(markOf(process, 'Flow')?.names));
    return typeof names === 'object' && names !== null ? (names as Record<string, string | null>) : {};
  } catch {
    return {};
  }
}

function baseIn({ bpmn }: Details): Flow | undefined {
  const base = typeof bpmn === 'object' && bpmn !== null && 'base' in bpmn ? bpmn.base : undefined;
  return isFlow(base) ? base : undefined;
}
