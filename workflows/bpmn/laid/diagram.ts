/**
 * The diagram of a file that came without one, to be put into its text: a picture for each process, the one that is asked for first, as
 * modelers open the first. A shape names its element by its id: what has none gets one, as long as the diagram is there.
 */
import { withIds } from '../attributes.ts';
import { elementsIn, typeOf, type Element } from '../element.ts';
import { escaped } from '../source/escaped.ts';
import { read } from '../read.ts';
import { moved, type Bounds, type Edge, type Shape } from './parts.ts';
import { layOut } from './scope.ts';

const UNNAMED = 'guanjia-unnamed-';
const NAMED =
  /(?:Event|Gateway|[tT]ask|Process|Activity|Reference|Annotation|[aA]ssociation|^sequenceFlow|^transaction)$/;
const MARGIN = 100;
/** Elements; beyond, nobody reads the picture. */
const MOST = 2_000;
const NAMESPACES = [
  'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"',
  'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"',
  'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"',
].join(' ');
const BEGIN = `<bpmndi:BPMNDiagram ${NAMESPACES} id="guanjia-diagram-`;
const WRITTEN = new RegExp(String.raw`${BEGIN}[^"]*">[^]*?</bpmndi:BPMNDiagram>`, 'g');

/** As it was where it has one, and where it is too large for one. */
export async function withDiagram(xml: string, process: string): Promise<string> {
  const end = /<\/(?:[\w.-]+:)?definitions\s*>(?![^]*<\/(?:[\w.-]+:)?definitions\s*>)/.exec(xml);
  if (!end || /<(?:[\w.-]+:)?BPMNDiagram\b/.test(xml) || xml.includes(UNNAMED)) return xml;
  let count = 0;
  const named = withIds(xml, NAMED, () => `${UNNAMED}${(count += 1)}`);
  const { processes } = await read(named);
  const first = processes.filter(({ id }) => id === process);
  const all = [...first, ...processes.filter((each) => !first.includes(each))];
  if (all.reduce((sum, each) => sum + countIn(each), 0) > MOST) return xml;
  const drawn = all.map((each, index) => diagramOf(each, index)).join('');
  const at = named.length - (xml.length - end.index);
  return named.slice(0, at) + drawn + named.slice(at);
}

/** The file as it came. One that a modeler has written since has its namespaces elsewhere: that diagram is its author's. */
export function withoutDiagram(xml: string): string {
  const text = xml.replace(WRITTEN, '');
  return text === xml ? xml : text.replace(new RegExp(` id="${UNNAMED}\\d+"`, 'g'), '');
}

function countIn(scope: Element): number {
  return elementsIn(scope, 'flowElements').reduce((sum, each) => sum + 1 + countIn(each), 0);
}

function diagramOf(process: Element, index: number): string {
  const laid = moved(layOut(process), MARGIN, MARGIN);
  const shapes = laid.shapes.map((shape, at) => shapeOf(shape, `guanjia-shape-${index}-${at}`));
  const edges = laid.edges.map((edge, at) => edgeOf(edge, `guanjia-edge-${index}-${at}`));
  const plane = `<bpmndi:BPMNPlane id="guanjia-plane-${index}" bpmnElement="${escaped(process.id ?? '')}">`;
  return `${BEGIN}${index}">${plane}${shapes.join('')}${edges.join('')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`;
}

function shapeOf({ element, bounds, label, isExpanded }: Shape, id: string): string {
  const expanded = isExpanded ? ' isExpanded="true"' : '';
  const marker = typeOf(element) === 'exclusiveGateway' ? ' isMarkerVisible="true"' : '';
  const start = `<bpmndi:BPMNShape id="${id}" bpmnElement="${escaped(element.id ?? '')}"${expanded}${marker}>`;
  return `${start}${boundsOf(bounds)}${labelOf(label)}</bpmndi:BPMNShape>`;
}

function edgeOf({ element, points, label }: Edge, id: string): string {
  const ways = points.map(({ x, y }) => `<di:waypoint x="${x}" y="${y}"/>`).join('');
  const start = `<bpmndi:BPMNEdge id="${id}" bpmnElement="${escaped(element.id ?? '')}">`;
  return `${start}${ways}${labelOf(label)}</bpmndi:BPMNEdge>`;
}

function labelOf(bounds: Bounds | null): string {
  return bounds ? `<bpmndi:BPMNLabel>${boundsOf(bounds)}</bpmndi:BPMNLabel>` : '';
}

function boundsOf({ x, y, width, height }: Bounds): string {
  return `<dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/>`;
}
