/** A flow that was taken over from a BPMN file, in that file again: with every name, element and flow that it had. */
import type { Flow, Sequence } from '../../engine/flow.gen.ts';
import { partsOf, partsOfHandlers, walk } from '../../engine/tree.ts';
import { anybodys } from '../anybodys.ts';
import { elementsIn, typeOf, type Element } from '../element.ts';
import { withDiagram } from '../laid/diagram.ts';
import { flowsOf, type ImportedFlow } from '../file.ts';
import { Keys } from '../making.ts';
import { holdable } from '../characters.ts';
import { oneLine, textOf, type Language } from '../words.ts';
import { putFlow } from './text.ts';

type Taken = ImportedFlow & {
  /** Kinds of the elements by their ids. */
  types: Map<string, string>;
};

/** What its file gives when it is read like anybody's. */
export async function takenFrom({ process, xml }: NonNullable<Flow['bpmn']>): Promise<Taken | undefined> {
  const { processes, ...result } = await flowsOf(xml, new Keys(), anybodys);
  const taken = result.ok ? result.flows.find((each) => each.process === process) : undefined;
  const owner = processes.find(({ id }) => id === process);
  return taken && { ...taken, types: new Map(owner ? typesIn(owner) : []) };
}

function typesIn(owner: Element): [string, string][] {
  return elementsIn(owner, 'flowElements').flatMap((element) => [
    [element.id ?? '', typeOf(element)] as [string, string],
    ...typesIn(element),
  ]);
}

/** Null: its steps are no longer those of the file. */
export async function inItsFile(flow: Flow, language: Language): Promise<string | null> {
  const { bpmn } = flow;
  const taken = bpmn && (await takenFrom(bpmn));
  if (!bpmn || !taken || shapeOf(taken.flow) !== shapeOf(flow)) return null;
  const names = renamed(taken, flow, language);
  const json = holdable(JSON.stringify({ ...flow, bpmn: { base: baseOf(taken, names) } }));
  const put = putFlow(bpmn.xml, bpmn.process, { language, json, names });
  return put === null ? null : withDiagram(put, bpmn.process);
}

/** What the file says when it is written: what it says otherwise later, somebody has changed. */
function baseOf({ flow, process, elements }: ImportedFlow, names: Record<string, string>): unknown {
  const nameOf = (value: { id?: unknown; form?: unknown }): string | undefined => {
    if (value.form !== undefined && value.form === flow.form) return names[process];
    return typeof value.id === 'string' ? names[elements[value.id] ?? ''] : undefined;
  };
  const text = JSON.stringify(flow, (_, value: unknown) => {
    const name = typeof value === 'object' && value !== null ? nameOf(value) : undefined;
    return name === undefined ? value : { ...(value as object), title: { 'zh-CN': name, en: name } };
  });
  return JSON.parse(text);
}

/** Steps, handlers and where they stand. */
function shapeOf(flow: Flow): string {
  return JSON.stringify([sequence(flow.steps), handlers(flow)]);

  function sequence(steps: Sequence): unknown[] {
    return steps.map((step) => [
      step.id,
      step.kind,
      step.kind === 'jump' ? step.to : null,
      partsOf(step).branches.map((branch) => sequence(branch.steps)),
      handlers(step),
    ]);
  }
  function handlers(owner: Parameters<typeof partsOfHandlers>[0]): unknown[] {
    return partsOfHandlers(owner).handlers.map(({ key, steps }) => [key, sequence(steps)]);
  }
}

/** Titles that are others by now, by the elements that show them. */
function renamed(
  { flow: taken, elements, process }: ImportedFlow,
  flow: Flow,
  language: Language,
): Record<string, string> {
  const names: Record<string, string> = {};
  const before = new Map([...walk(taken)].map(({ step }) => [step.id, titleIn(step)]));
  for (const { step } of walk(flow)) {
    const title = titleIn(step);
    const element = elements[step.id];
    if (element !== undefined && title !== before.get(step.id)) names[element] = title;
  }
  if (titleIn(flow) !== titleIn(taken)) names[process] = titleIn(flow);
  return names;

  function titleIn(named: object): string {
    return oneLine(textOf('title' in named ? named.title : undefined, language) ?? '');
  }
}
