/** What a modeler is given: a diagram that holds every element, and nothing over anything else. */
import { BpmnModdle } from 'bpmn-moddle';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flows } from '../../engine/arbitraries.ts';
import type { Flow } from '../../engine/flow.gen.ts';
import { elementIn, elementsIn, typeOf, type Element } from '../element.ts';
import { EXTENSION } from '../extension.ts';
import { everything } from './everything.testing.ts';
import { exportBpmn } from './export.ts';

const settings = { numRuns: Number(process.env.BPMN_RUNS ?? 60) };
/** Of one test; a run takes a quarter of a second on a machine that does other things too. */
const runMs = settings.numRuns * 2_000;
const FOLDER = new URL('../../flows/', import.meta.url);
const builtIn = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, flow: JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Flow }));

const texts = fc
  .tuple(fc.constantFrom('派单给当班的师傅', 'Tell the owner when ', 'x', '→'), fc.integer({ min: 1, max: 12 }))
  .map(([text, times]) => text.repeat(times));

/** The same flow, its titles one after another those. */
function titled(flow: Flow, titles: string[]): Flow {
  let next = 0;
  return JSON.parse(JSON.stringify(flow), (key, value: unknown) => {
    if (key !== 'title') return value;
    const text = titles[(next += 1) % titles.length];
    return { 'zh-CN': text, en: text };
  }) as Flow;
}

describe('the file', () => {
  it(
    'is BPMN without warnings, all of it in the diagram, nothing over anything else',
    async () => {
      await fc.assert(
        fc.asyncProperty(flows, fc.array(texts, { minLength: 1, maxLength: 9 }), async (flow, titles) => {
          await holdFile(await exportBpmn(titled(flow, titles)));
        }),
        settings,
      );
    },
    runMs,
  );

  it.each([...builtIn, { name: 'everything', flow: everything }])('of $name is so too', async ({ flow }) => {
    await holdFile(await exportBpmn(flow, { language: 'en' }));
  });

  it('is the same each time', async () => {
    expect(await exportBpmn(everything)).toBe(await exportBpmn(structuredClone(everything)));
  });
});

async function holdFile(xml: string): Promise<void> {
  const parsed: unknown = await new BpmnModdle({ guanjia: EXTENSION }).fromXML(xml);
  const { rootElement, warnings } = parsed as { rootElement: Element; warnings: unknown[] };
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
  holdTexts(drawn);
}

/** Texts are over nothing, and flows go through nothing. */
function holdTexts(drawn: Map<Element, Element>): void {
  const parts = [...drawn].map(([{ id, flowElements }, shape]) => {
    const bounds = flowElements ? undefined : boundsIn(shape);
    return { id, shapes: bounds ? [bounds] : [], label: boundsIn(elementIn(shape, 'label')), ways: stretchesOf(shape) };
  });
  const faults: string[] = [];
  for (const [index, one] of parts.entries())
    for (const [at, other] of parts.entries()) {
      const isOver = (label: Rectangle) => [...other.shapes, ...other.ways].some((each) => overlap(label, each));
      if (one.label && isOver(one.label)) faults.push(`label of ${one.id} over ${other.id}`);
      if (at > index && one.label && other.label && overlap(one.label, other.label))
        faults.push(`labels of ${one.id} and ${other.id}`);
      if (one.ways.some((way) => other.shapes.some((shape) => overlap(way, shape))))
        faults.push(`${one.id} through ${other.id}`);
    }
  expect(faults).toEqual([]);
}

/** Of an edge from bend to bend. */
function stretchesOf(edge: Element): Rectangle[] {
  const points = elementsIn(edge, 'waypoint') as unknown as { x: number; y: number }[];
  return points.slice(1).map((to, index) => {
    const from = points[index]!;
    if (from.x !== to.x && from.y !== to.y) throw new Error(`${edge.id} is aslant`);
    const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    return { x, y, width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
  });
}

function boundsIn(shape: Element | undefined): Rectangle | undefined {
  return elementIn(shape, 'bounds') as unknown as Rectangle | undefined;
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
    const rectangle = boundsIn(shape);
    if (rectangle) bounds.set(element, rectangle);
    else expect(elementsIn(shape, 'waypoint').length, element.id).toBeGreaterThan(1);
  }
  const own = boundsIn(drawn.get(scope));
  const siblings = [...bounds].filter(([element]) => typeOf(element) !== 'boundaryEvent');
  const faults: string[] = [];
  for (const [index, [element, one]] of siblings.entries()) {
    if (own && !isWithin(one, own)) faults.push(`${element.id} not within ${scope.id}`);
    for (const [other, two] of siblings.slice(index + 1))
      if (overlap(one, two)) faults.push(`${element.id} over ${other.id}`);
  }
  for (const [event, at] of bounds)
    if (typeOf(event) === 'boundaryEvent') faults.push(...faultsOnBorder(event, at, bounds));
  expect(faults).toEqual([]);
}

function faultsOnBorder(event: Element, at: Rectangle, bounds: Map<Element, Rectangle>): string[] {
  const host = elementIn(event, 'attachedToRef')!;
  const border = bounds.get(host)!;
  const isOnIt =
    at.y + at.height / 2 === border.y + border.height &&
    at.x >= border.x &&
    at.x + at.width <= border.x + border.width &&
    // Where the markers of the host stand.
    Math.abs(at.x + at.width / 2 - border.x - border.width / 2) >= 30;
  const over = [...bounds].filter(([other, two]) => other !== event && other !== host && overlap(at, two));
  return [
    ...(isOnIt ? [] : [`${event.id} not on the border of ${host.id}`]),
    ...over.map(([other]) => `${event.id} over ${other.id}`),
  ];
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
