/**
 * The text of somebody else's file with the flow in it. Nothing else of it changes, so that nothing is lost that this program does not
 * know of; and what was put in comes out again as exactly.
 */
import { NAMESPACE } from '../extension.ts';

export interface Put {
  language: string;
  /** The flow as JSON. */
  json: string;
  /** New names of elements by their ids. */
  names: Record<string, string>;
}

const ATTRIBUTES = String.raw`(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*`;

/** Null: the process is not to be found. */
export function putFlow(xml: string, process: string, { language, json, names }: Put): string | null {
  const before: Record<string, string | null> = {};
  let text = xml;
  for (const [id, name] of Object.entries(names)) {
    const renamed = rename(text, id, escaped(name));
    if (!renamed) continue;
    before[id] = renamed.before;
    text = renamed.text;
  }
  const start = startTag(text, process, 'process');
  if (!start || start.tag.endsWith('/>')) return null;
  const at = afterDocumentation(text, start.end);
  const inside = openedAt(text, at);
  const fields = `language="${language}" names="${escaped(JSON.stringify(before))}"`;
  const flow = (isAlone: boolean): string =>
    `<guanjia:flow xmlns:guanjia="${NAMESPACE}" ${fields} alone="${isAlone}">${escaped(json)}</guanjia:flow>`;
  if (inside !== null) return text.slice(0, inside) + flow(false) + text.slice(inside);
  const name = `${prefixOf(start.tag)}extensionElements`;
  return `${text.slice(0, at)}<${name}>${flow(true)}</${name}>${text.slice(at)}`;
}

/** The file without the flow; with `names`, also with the names that it had. */
export function takeFlow(xml: string, names: Record<string, string | null> = {}): string {
  const put = /<guanjia:flow (?:[^>]* )?alone="(?:true|false)"[^>]*>[^<]*<\/guanjia:flow>/.exec(xml);
  if (!put) return xml;
  let [begin, end] = [put.index, put.index + put[0].length];
  const opening = /<((?:[\w.-]+:)?extensionElements)>$/.exec(xml.slice(0, begin));
  const closing = `</${opening?.[1] ?? ''}>`;
  if (put[0].includes('alone="true"') && opening && xml.startsWith(closing, end))
    [begin, end] = [begin - opening[0].length, end + closing.length];
  let text = xml.slice(0, begin) + xml.slice(end);
  for (const [id, name] of Object.entries(names)) text = rename(text, id, name)?.text ?? text;
  return text;
}

/** `name`: as it stands between quotes; null: none. */
function rename(xml: string, id: string, name: string | null): { text: string; before: string | null } | null {
  const start = startTag(xml, id);
  if (!start) return null;
  const known = /(\sname\s*=\s*)("[^"]*"|'[^']*')/.exec(start.tag);
  const [whole = '', assigned = ' name=', quoted = '""'] = known ?? [];
  const quote = quoted.charAt(0);
  const attribute = name === null ? '' : assigned + quote + name + quote;
  const at = start.begin + (known ? known.index : (/^<[\w:.-]+/.exec(start.tag)?.[0].length ?? 0));
  return {
    text: xml.slice(0, at) + attribute + xml.slice(at + whole.length),
    before: known ? quoted.slice(1, -1) : null,
  };
}

interface Tag {
  tag: string;
  begin: number;
  end: number;
}

/** The start tag of the element with an id. */
function startTag(xml: string, id: string, name = String.raw`[\w.-]+`): Tag | null {
  const pattern = new RegExp(String.raw`<(?:[\w.-]+:)?${name}${ATTRIBUTES}\s*/?>`, 'g');
  const escapedId = escaped(id);
  for (const { 0: tag, index } of withoutComments(xml).matchAll(pattern)) {
    const own = /\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(tag);
    if ((own?.[1] ?? own?.[2]) === escapedId)
      return { tag: xml.slice(index, index + tag.length), begin: index, end: index + tag.length };
  }
  return null;
}

/** As long as it was. */
function withoutComments(xml: string): string {
  return xml.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, (part) => ' '.repeat(part.length));
}

function afterDocumentation(xml: string, from: number): number {
  const documentation = /\s*<((?:[\w.-]+:)?documentation)(?:\s[^>]*)?(?:\/>|>[\s\S]*?<\/\1>)/y;
  let at = from;
  documentation.lastIndex = at;
  while (documentation.exec(xml)) at = documentation.lastIndex;
  return at;
}

/** Behind the start tag of extension elements that stand there; null: none do. */
function openedAt(xml: string, at: number): number | null {
  const opening = new RegExp(String.raw`\s*<(?:[\w.-]+:)?extensionElements${ATTRIBUTES}\s*>`, 'y');
  opening.lastIndex = at;
  return opening.exec(xml) ? opening.lastIndex : null;
}

function prefixOf(tag: string): string {
  return /^<([\w.-]+:)?/.exec(tag)?.[1] ?? '';
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
