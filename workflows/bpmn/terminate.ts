/**
 * Terminate end events. One ends the process or the sub-process it stands in, also where an event on the edge of an activity led to it: then
 * the sub-process catches it as an error of its own, since what runs beside has no other way out. Flowable's may end all instances of an
 * activity, or the processes that call.
 */
import type { End, Flow, ForEach, Handler, Step } from '../engine/flow.gen.ts';
import { walk } from '../engine/tree.ts';
import type { Calling } from './calls.ts';
import { isElement, vendorAttribute, type Element } from './element.ts';
import type { ImportedFlow } from './file.ts';
import type { Node } from './graph.ts';
import { claim, titleOf, type Making } from './making.ts';

type Ending = Pick<End, 'ends' | 'outcome'>;
/** Of an activity that is done several times, this time or all of them. */
type Extent = 'once' | 'all';

/** How a case ends that ends those too which wait for it, or all instances of the activity that called it. */
const ALL_CALLERS = 'terminated_all';
const EACH_CALL = 'terminated_each';

/** What it ends, as an end event of the language. */
export function terminated(making: Making, { element, definition }: Node): Ending {
  const { $parent: scope } = element;
  if (isMarked(definition, 'terminateAll')) return { ends: 'case', outcome: ALL_CALLERS };
  if (!scope || scope.$type === 'bpmn:Process') {
    const isAll = isMarked(definition, 'terminateMultiInstance');
    return { ends: 'case', outcome: isAll ? EACH_CALL : 'completed' };
  }
  const all = isMarked(definition, 'terminateMultiInstance') ? repeatedAround(scope) : undefined;
  if (all) return raised(making, all, 'all');
  return making.aside > 0 ? raised(making, scope, 'once') : { ends: 'scope', outcome: 'completed' };
}

function isMarked(definition: Element | null, name: string): boolean {
  return vendorAttribute(definition ?? undefined, name) === 'true';
}

/** The nearest activity around that is done several times. */
function repeatedAround(scope: Element): Element | undefined {
  if (isElement(scope.loopCharacteristics)) return scope;
  return scope.$parent && repeatedAround(scope.$parent);
}

function raised(making: Making, ended: Element, extent: Extent): Ending {
  const outcome = codeOf(making, ended, extent);
  making.terminated.add(outcome);
  return { ends: 'error', outcome };
}

function codeOf({ keys }: Making, { id }: Element, extent: Extent): string {
  return keys.of('error', `${id ?? ''} terminated ${extent}`);
}

/** What catches the end of an activity; none: nothing ends it so. */
export function terminators(making: Making, node: Node, extent: Extent): Handler[] {
  const code = codeOf(making, node.element, extent);
  if (!making.terminated.has(code)) return [];
  const id = claim(making, node, '_terminated');
  return [{ catch: 'error', id, title: titleOf(node), codes: [code], steps: [] }];
}

/** Processes that call one which ends them with it hear of that as of an error. What they do then may end their own callers. */
export function terminateCallers(flows: ImportedFlow[]): void {
  const calls = flows.flatMap(({ flow, calls: own }) => own.map((call) => ({ flow, call })));
  const ended = calls.filter(({ flow, call }) => {
    const called = flows.find(({ flow: { key } }) => key === call.flow);
    const ends = called ? [...walk(called.flow)].flatMap(({ step }) => (endsCallers(step) ? [step] : [])) : [];
    for (const end of ends) end.ends = 'error';
    const codes = new Set(ends.map(({ outcome }) => outcome).filter((code) => !call.hears.has(code)));
    for (const code of codes) hear(flow, call, code);
    return codes.size > 0;
  });
  if (ended.length > 0) terminateCallers(flows);
}

function endsCallers(step: Step): step is End {
  const isSo = step.kind === 'end' && [ALL_CALLERS, EACH_CALL].includes(step.outcome);
  return isSo && (step.ends === 'case' || step.ends === 'error');
}

function hear(flow: Flow, call: Calling, code: string): void {
  call.hears.add(code);
  const isAll = code === ALL_CALLERS;
  const steps: End[] = isAll ? [{ id: call.claim('_end'), kind: 'end', outcome: code, ends: 'case' }] : [];
  const owner = (isAll ? undefined : eachAround(flow, call.step)) ?? call.step;
  owner.on = [{ catch: 'error', id: call.claim('_terminated'), codes: [code], steps }, ...(owner.on ?? [])];
}

/** The nearest forEach around a step. */
function eachAround(flow: Flow, { id }: Step): ForEach | undefined {
  const visits = [...walk(flow)];
  const path = visits.find(({ step }) => step.id === id)?.path ?? [];
  const around = path.map(({ owner }) => visits.find(({ step }) => step.id === owner)?.step);
  return around.findLast((step) => step?.kind === 'forEach');
}
