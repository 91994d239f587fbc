import { BpmnModdle } from 'bpmn-moddle';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flows } from '../../engine/arbitraries.ts';
import { compile } from '../../engine/compile.ts';
import type { Flow, Step } from '../../engine/flow.gen.ts';
import { Simulation } from '../../engine/simulate.ts';
import { load } from '../../engine/testing.ts';
import { elementIn, elementsIn, typeOf, type Element } from '../element.ts';
import { EXTENSION } from '../extension.ts';
import { importBpmn } from '../import.ts';
import { everything } from './everything.testing.ts';
import { exportBpmn } from './export.ts';

const settings = { numRuns: Number(process.env.BPMN_RUNS ?? 60) };
const FOLDER = new URL('../../flows/', import.meta.url);
const builtIn = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, flow: JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Flow }));

async function readBack(xml: string): Promise<Flow> {
  const result = await importBpmn(xml);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.flows[0]!.flow;
}

async function parse(xml: string): Promise<{ rootElement: Element; warnings: unknown[] }> {
  return (await new BpmnModdle({ guanjia: EXTENSION }).fromXML(xml)) as { rootElement: Element; warnings: unknown[] };
}

/** Everything that a case came to: the log with what was opened and closed. */
function walked(flow: Flow, acts: number[]): unknown {
  const resolve = () => ({ persons: ['p1', 'p2'], explanation: { rule: 'role' as const, inputs: {} } });
  const run = new Simulation(compile(load(flow)), { resolve });
  run.start('p1', { amount: 3, helper: 'p2', lines: [{ id: 'a', amount: 3 }] });
  for (const act of acts) {
    const task = run.state.tasks[act % Math.max(1, run.state.tasks.length)];
    if (act === 0) run.message('paid', 'k1');
    else if (act === 1) run.signal('storm');
    else if (act < 4 || !task) run.advance(act * 3_600_000);
    else run.complete(task.step, act % 2 === 0 ? 'done' : 'approved');
  }
  return [run.entries, run.state];
}

describe('an export that is read again', () => {
  it('gives the same flow, as text', async () => {
    await fc.assert(
      fc.asyncProperty(flows, fc.constantFrom('zh-CN' as const, 'en' as const), async (flow, language) => {
        const back = await readBack(await exportBpmn(flow, { language }));

        expect(back).toEqual(flow);
        expect(JSON.stringify(back)).toBe(JSON.stringify(flow));
      }),
      settings,
    );
  }, 120_000);

  it('walks as the flow does', async () => {
    await fc.assert(
      fc.asyncProperty(flows, fc.array(fc.nat({ max: 9 }), { maxLength: 30 }), async (flow, acts) => {
        const back = await readBack(await exportBpmn(flow));

        expect(walked(back, acts)).toEqual(walked(flow, acts));
      }),
      { numRuns: Math.ceil(settings.numRuns / 3) },
    );
  }, 120_000);

  it.each([...builtIn, { name: 'everything', flow: everything }])('gives $name byte for byte', async ({ flow }) => {
    const xml = await exportBpmn(flow);
    const back = await readBack(xml);

    expect(JSON.stringify(back, null, 2)).toBe(JSON.stringify(flow, null, 2));
    expect(await exportBpmn(back)).toBe(xml);
  });

  it('keeps texts that are hostile to XML', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('<a>&amp;"\'', ']]>', '派单 🛠️', ' \t\r\n ', '\u0000\uFFFE\uD800', '→ ', '<!--', '__proto__'),
    );
    const hostile = fc.record({ 'zh-CN': text, en: text });
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 6, maxLength: 6 }), async (texts) => {
        const title = (at: number) => texts[at]!;
        const task: Step = {
          id: 'a',
          kind: 'userTask',
          title: title(0),
          guide: title(1),
          people: { assign: { rule: 'initiator' } },
        };
        const branch = { title: title(2), when: `amount > "${title(2).en}"`, steps: [] };
        const choice: Step = {
          id: 'b',
          kind: 'exclusive',
          title: title(3),
          branches: [branch],
          otherwise: { title: title(4), steps: [task] },
        };
        const flow: Flow = { ...everything, title: title(5), description: title(1), steps: [choice] };

        const xml = await exportBpmn(flow);

        expect((await parse(xml)).warnings).toEqual([]);
        expect(JSON.stringify(await readBack(xml))).toBe(JSON.stringify(flow));
      }),
      settings,
    );
  });
});

describe('the file', () => {
  it('is BPMN without warnings, all of it in the diagram, nothing over anything else', async () => {
    await fc.assert(
      fc.asyncProperty(flows, async (flow) => {
        await holdFile(await exportBpmn(flow));
      }),
      settings,
    );
  }, 120_000);

  it.each([...builtIn, { name: 'everything', flow: everything }])('of $name is so too', async ({ flow }) => {
    await holdFile(await exportBpmn(flow, { language: 'en' }));
  });

  it('is the same each time', async () => {
    expect(await exportBpmn(everything)).toBe(await exportBpmn(structuredClone(everything)));
  });
});

async function holdFile(xml: string): Promise<void> {
  const { rootElement, warnings } = await parse(xml);
  expect(warnings).toEqual([]);
  const ids = [...xml.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id!);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z_][\w.-]*$/);

  const process = elementsIn(rootElement, 'rootElements').find((element) => typeOf(element) === 'process')!;
  const plane = elementIn(elementsIn(rootElement, 'diagrams')[0], 'plane');
  const drawn = new Map(elementsIn(plane, 'planeElement').map((each) => [elementIn(each, 'bpmnElement')!, each]));
  const scopes = scopesIn(process);
  expect(drawn.size).toBe(scopes.flatMap((scope) => [...partsIn(scope), ...elementsIn(scope, 'artifacts')]).length);
  for (const scope of scopes) holdScope(scope, drawn);
}

function scopesIn(scope: Element): Element[] {
  return [
    scope,
    ...partsIn(scope)
      .filter(({ flowElements }) => flowElements)
      .flatMap(scopesIn),
  ];
}
function partsIn(scope: Element): Element[] {
  return elementsIn(scope, 'flowElements');
}

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

function holdScope(scope: Element, drawn: Map<Element, Element>): void {
  const bounds = new Map<Element, Rectangle>();
  for (const element of [...partsIn(scope), ...elementsIn(scope, 'artifacts')]) {
    const shape = drawn.get(element);
    const rectangle = elementIn(shape, 'bounds');
    if (rectangle) bounds.set(element, rectangle as unknown as Rectangle);
    else expect(elementsIn(shape, 'waypoint').length, element.id).toBeGreaterThan(1);
  }
  const own = elementIn(drawn.get(scope), 'bounds') as unknown as Rectangle | undefined;
  const siblings = [...bounds].filter(([element]) => typeOf(element) !== 'boundaryEvent');
  for (const [index, [element, one]] of siblings.entries()) {
    if (own) expect(isWithin(one, own), `${element.id} within ${scope.id}`).toBe(true);
    for (const [other, two] of siblings.slice(index + 1))
      expect(overlap(one, two), `${element.id} over ${other.id}`).toBe(false);
  }
  for (const [event, at] of bounds) if (typeOf(event) === 'boundaryEvent') holdOnBorder(event, at, bounds);
}

function holdOnBorder(event: Element, at: Rectangle, bounds: Map<Element, Rectangle>): void {
  const host = bounds.get(elementIn(event, 'attachedToRef')!)!;
  expect(at.y + at.height / 2, event.id).toBe(host.y + host.height);
  expect(at.x >= host.x && at.x + at.width <= host.x + host.width, event.id).toBe(true);
  for (const [other, two] of bounds)
    if (other !== event && other !== elementIn(event, 'attachedToRef'))
      expect(overlap(at, two), `${event.id} over ${other.id}`).toBe(false);
}

function isWithin(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x > outer.x &&
    inner.y > outer.y &&
    inner.x + inner.width < outer.x + outer.width &&
    inner.y + inner.height < outer.y + outer.height
  );
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
