/** Reads BPMN 2.0 XML into elements. What could harm whoever reads it is refused before it is parsed. */
import { BpmnModdle } from 'bpmn-moddle';
import { closedUp, repeatsAttribute } from './attributes.ts';
import { strayIn } from './characters.ts';
import { elementsIn, isElement, MISSING, typeOf, type Element } from './element.ts';
import { EXTENSION } from './extension.ts';
import { freeIds, type FreeIds } from './free-ids.ts';
import { Refused } from './refusal.ts';

/** Characters; the largest models of the public test suites have some hundred thousand. */
const LONGEST = 5_000_000;
const DEEPEST = 100;

export interface Definitions {
  root: Element;
  /** The processes that have steps, in the order of the file. */
  processes: Element[];
  lineOf: FreeIds['lineOf'];
}

/** @throws Refused when it is no BPMN, or too much of it. */
export async function read(xml: string): Promise<Definitions> {
  guard(xml);
  const { root, lineOf } = await parse(xml);
  const processes = elementsIn(root, 'rootElements').filter(
    (element) => typeOf(element) === 'process' && elementsIn(element, 'flowElements').length > 0,
  );
  if (processes.length === 0) throw new Refused('no_process', null, 'the file holds no process with elements');
  return { root, processes, lineOf };
}

function guard(xml: string): void {
  if (xml.length > LONGEST) throw new Refused('xml_too_large', null, `the file has more than ${LONGEST} characters`);
  const stray = strayIn(xml);
  if (stray >= 0)
    throw new Refused(
      'xml_invalid',
      null,
      'it has a character that XML has not',
      xml.slice(0, stray).split('\n').length,
    );
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
    throw new Refused('xml_entities', null, 'a document type or entities are not read');
  const line = repeatsAttribute(xml);
  if (line !== null) throw new Refused('xml_invalid', null, 'an element has an attribute twice', line);
  if (depthOf(xml) > DEEPEST) throw new Refused('xml_too_deep', null, `elements are nested deeper than ${DEEPEST}`);
}

/** How deep elements are nested at most; in one pass, whatever the file holds. */
function depthOf(xml: string): number {
  let [depth, deepest] = [0, 0];
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at)) {
    const kind = SKIPPED.find(({ begin }) => xml.startsWith(begin, at));
    const end = kind ? xml.indexOf(kind.end, at + kind.begin.length) : endOfTag(xml, at);
    if (end < 0) return deepest;
    if (!kind) {
      if (xml.charAt(at + 1) === '/') depth -= 1;
      else if (xml.charAt(end - 1) !== '/') depth += 1;
    }
    deepest = Math.max(deepest, depth);
    at = end;
  }
  return deepest;
}

const SKIPPED = [
  { begin: '<!--', end: '-->' },
  { begin: '<![CDATA[', end: ']]>' },
  { begin: '<?', end: '?>' },
];

/** A tag ends behind its attributes, which may hold any sign in their quotes. */
function endOfTag(xml: string, from: number): number {
  let at = from + 1;
  while (at < xml.length) {
    const sign = xml.charAt(at);
    if (sign === '>') return at;
    if (sign === '"' || sign === "'") {
      at = xml.indexOf(sign, at + 1);
      if (at < 0) return -1;
    }
    at += 1;
  }
  return -1;
}

interface Warning {
  message: string;
  element?: Element;
  property?: string;
  value?: string;
}
interface Parsed {
  rootElement: Element;
  warnings: Warning[];
}

async function parse(xml: string): Promise<Pick<Definitions, 'root' | 'lineOf'>> {
  const ids = freeIds(xml);
  const text = closedUp(ids.xml);
  let parsed: Parsed;
  try {
    parsed = (await new BpmnModdle({ guanjia: EXTENSION }).fromXML(text)) as Parsed;
  } catch (error) {
    const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Refused('xml_invalid', null, ids.back(said));
  }
  const { rootElement: root, warnings } = parsed;
  for (const { element, property, value } of warnings)
    if (element && property && value) keepReference(element, property, value);
  const diagram = diagramIn(text);
  for (const { message } of warnings) refuseUnread(diagram, ids.back(message));
  ids.restore(root);
  return { root, lineOf: ids.lineOf };
}

/** Elements of others where BPMN has none, and texts where it has elements. */
const FOREIGN = /^(?:unrecognized element|unexpected body text)/;

/** The reader goes on without what it cannot read; here that would be half a file. */
function refuseUnread(diagram: Place | null, message: string): void {
  const [, at, behind, reason = ''] =
    /^unparsable content [\s\S]*?line: (\d+)\s+column: (\d+)\s+nested error: ([\s\S]*)$/.exec(message) ?? [];
  if (at === undefined || FOREIGN.test(reason) || isBehind(diagram, Number(at), Number(behind))) return;
  const [, id = null] = /^(?:illegal|duplicate) ID <(.*)>$/.exec(reason) ?? [];
  throw new Refused('xml_invalid', id, reason, Number(at) + 1);
}

/** Both from 0. */
interface Place {
  line: number;
  column: number;
}

/** Nothing is read of it: it comes last. */
function diagramIn(xml: string): Place | null {
  const begin = xml.search(/<(?:[\w.-]+:)?BPMNDiagram[\s>]/);
  if (begin < 0) return null;
  const before = xml.slice(0, begin).split('\n');
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}

function isBehind(place: Place | null, line: number, column: number): boolean {
  return place !== null && (line > place.line || (line === place.line && column >= place.column));
}

/** A reference to what the file does not define still has a name that says what is meant. */
function keepReference(element: Element, property: string, value: string): void {
  const name = property.slice(property.indexOf(':') + 1);
  if (!isElement(element[name])) element[name] = { $type: MISSING, id: value };
}
