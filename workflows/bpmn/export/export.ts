/** A flow as BPMN 2.0 XML with its diagram, which opens in any modeler and gives the same flow when it is read again. */
import { BpmnModdle } from 'bpmn-moddle';
import type { Flow } from '../../engine/flow.gen.ts';
import { walk } from '../../engine/tree.ts';
import { EXTENSION, NAMESPACE } from '../extension.ts';
import { inItsFile, takenFrom } from '../source/export.ts';
import { say, type Language } from '../words.ts';
import { diagramOf } from './diagram.ts';
import { drawStep } from './kinds.ts';
import { drawProcess } from './process.ts';
import { Writing, type Moddle } from './writing.ts';

export interface ExportOptions {
  /** Of names and documentation. */
  language?: Language;
}

/** Of a flow that `check` finds nothing wrong with. */
export async function exportBpmn(flow: Flow, { language = 'zh-CN' }: ExportOptions = {}): Promise<string> {
  return (await inItsFile(flow, language)) ?? (await drawn(flow, language));
}

async function drawn(flow: Flow, language: Language): Promise<string> {
  const moddle = new BpmnModdle({ guanjia: EXTENSION }) as unknown as Moddle;
  const taken = flow.bpmn && (await takenFrom(flow.bpmn));
  const elements = new Map(Object.entries(taken?.elements ?? {}));
  const steps = new Map([...walk(flow)].map(({ step }) => [step.id, step]));
  const writing = new Writing(moddle, {
    language,
    targets: new Set([...steps.values()].flatMap((step) => (step.kind === 'jump' ? [step.to] : []))),
    titleOf: (id) => say('title', steps.get(id) ?? {}, language) ?? id,
    draw: drawStep,
    elementOf: (id) => elements.get(id) ?? id,
    typeOf: (id) => taken?.types.get(elements.get(id) ?? ''),
  });
  const { process, body } = drawProcess(writing, flow);
  for (const { definition, step } of writing.undone)
    definition.activityRef = writing.elements.get(`${step}-scope`) ?? writing.elements.get(step);
  const diagram = diagramOf(writing, process, body);
  const definitions = writing.create('bpmn:Definitions', {
    id: writing.ids.claim('Definitions'),
    targetNamespace: NAMESPACE,
    exporter: 'Guanjia',
    rootElements: [...writing.roots.values(), process],
    diagrams: [diagram],
  });
  const { xml } = await moddle.toXML(definitions, { format: true });
  return xml;
}
