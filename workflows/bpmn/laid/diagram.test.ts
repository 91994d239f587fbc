import { BpmnModdle } from 'bpmn-moddle';
import { describe, expect, it } from 'vitest';
import { elementIn, elementsIn, type Element } from '../element.ts';
import { withDiagram, withoutDiagram } from './diagram.ts';

/** A loop back, a fork, an event on a border, a sub-process with one that an event starts, an annotation; a flow and a step without ids. */
const FILE = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="http://example.org">
  <process id="Q"><task id="Alone" /></process>
  <process id="P">
    <startEvent id="S" name="Begin" />
    <exclusiveGateway id="G" name="Which?" />
    <userTask id="T" name="Look" />
    <boundaryEvent id="B" attachedToRef="T" name="Too late"><timerEventDefinition /></boundaryEvent>
    <subProcess id="U"><task /><subProcess id="V" triggeredByEvent="true"><startEvent id="W" /></subProcess></subProcess>
    <endEvent id="E" />
    <textAnnotation id="N"><text>Mind the step</text></textAnnotation>
    <association id="A" sourceRef="T" targetRef="N" />
    <sequenceFlow id="SG" sourceRef="S" targetRef="G" />
    <sequenceFlow id="GT" name="one" sourceRef="G" targetRef="T" />
    <sequenceFlow id="GU" name="other" sourceRef="G" targetRef="U" />
    <sequenceFlow id="GE" name="neither" sourceRef="G" targetRef="E" />
    <sequenceFlow sourceRef="T" targetRef="E" />
    <sequenceFlow id="UG" name="again" sourceRef="U" targetRef="G" />
    <sequenceFlow id="BU" sourceRef="B" targetRef="U" />
  </process>
</definitions>`;

async function drawnIn(xml: string, at: number): Promise<{ plane: Element; byId: Map<string, Element> }> {
  const parsed: unknown = await new BpmnModdle().fromXML(xml);
  const { rootElement, warnings } = parsed as { rootElement: Element; warnings: unknown[] };
  expect(warnings).toEqual([]);
  const plane = elementIn(elementsIn(rootElement, 'diagrams')[at], 'plane')!;
  const drawn = elementsIn(plane, 'planeElement');
  return { plane, byId: new Map(drawn.map((each) => [elementIn(each, 'bpmnElement')!.id!, each])) };
}

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

function boundsIn(drawn: Element | undefined): Bounds {
  return elementIn(drawn, 'bounds') as unknown as Bounds;
}

describe('the diagram of a file without one', () => {
  it('holds every element, the process that is asked for first', async () => {
    const xml = await withDiagram(FILE, 'P');
    const [first, second] = [await drawnIn(xml, 0), await drawnIn(xml, 1)];

    const unnamed = ['guanjia-unnamed-1', 'guanjia-unnamed-2'];
    const ids = [...FILE.split('<process id="P">')[1]!.matchAll(/ id="(\w+)"/g)].map(([, id]) => id!);
    expect([...first.byId.keys()].filter((id) => !id.includes('unnamed')).sort()).toEqual(ids.sort());
    expect(first.byId).toHaveProperty('size', ids.length + unnamed.length);
    expect(elementIn(second.plane, 'bpmnElement')?.id).toBe('Q');
    expect([...second.byId.keys()]).toEqual(['Alone']);
  });

  it('goes from left to right, steps beside each other, ways through none of them', async () => {
    const { byId } = await drawnIn(await withDiagram(FILE, 'P'), 0);

    const steps = ['S', 'G', 'T', 'U', 'E'].map((id) => boundsIn(byId.get(id)));
    const [s, g, t, u] = steps;
    expect(s!.x + s!.width).toBeLessThan(g!.x);
    expect(g!.x + g!.width).toBeLessThan(t!.x);
    expect(t!.x + t!.width).toBeLessThan(u!.x);
    for (const id of ['SG', 'GT', 'GU', 'GE', 'UG', 'BU'])
      for (const step of steps) expect(crosses(byId.get(id)!, step), id).toBe(false);
    expect(boundsIn(byId.get('B')).y + 18).toBe(t!.y + t!.height);
    expect(byId.get('U')?.isExpanded).toBe(true);
    for (const id of ['V', 'guanjia-unnamed-1']) expect(isWithin(boundsIn(byId.get(id)), u!), id).toBe(true);
  });

  it('comes out again as exactly', async () => {
    const xml = await withDiagram(FILE, 'P');

    expect(xml).not.toBe(FILE);
    expect(withoutDiagram(xml)).toBe(FILE);
  });

  it('is that of the file where it has one', async () => {
    const own = FILE.replace('</definitions>', '<b:BPMNDiagram xmlns:b="http://example.org/b" /></definitions>');

    expect(await withDiagram(own, 'P')).toBe(own);
    expect(withoutDiagram(own)).toBe(own);
  });

  it('is left out where it would be too large', async () => {
    const tasks = Array.from({ length: 2_001 }, (_, at) => `<task id="t${at}" />`).join('');
    const xml = FILE.replace('<task id="Alone" />', tasks);

    expect(await withDiagram(xml, 'P')).toBe(xml);
  });
});

/** Goes through the inside of a step. */
function crosses(edge: Element, { x, y, width, height }: Bounds): boolean {
  const points = elementsIn(edge, 'waypoint') as unknown as { x: number; y: number }[];
  return points.slice(1).some((to, at) => {
    const from = points[at]!;
    return (
      Math.max(from.x, to.x) > x &&
      Math.min(from.x, to.x) < x + width &&
      Math.max(from.y, to.y) > y &&
      Math.min(from.y, to.y) < y + height &&
      !(at === 0 && from.y === y + height + 18)
    );
  });
}

function isWithin(inner: Bounds, outer: Bounds): boolean {
  return (
    inner.x > outer.x &&
    inner.y > outer.y &&
    inner.x + inner.width < outer.x + outer.width &&
    inner.y + inner.height < outer.y + outer.height
  );
}
