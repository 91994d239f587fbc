/**
 * The text of somebody else's file with the flow in it. Nothing else of it changes, so that nothing is lost that this program does not
 * know of; and what was put in comes out again as exactly.
 */
import { NAMESPACE } from '../extension.ts';
import { escaped } from './escaped.ts';

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
  const flow = (alone: string): string =>
    `<guanjia:flow xmlns:guanjia="${NAMESPACE}" ${fields} alone="${alone}">${escaped(json)}</guanjia:flow>`;
  if (inside === null) {
    const name = `${prefixOf(start.tag)}extensionElements`;
    return `${text.slice(0, at)}<${name}>${flow('true')}</${name}>${text.slice(at)}`;
  }
  const { name, end, isEmpty } = inside;
  if (!isEmpty) return text.slice(0, end) + flow('false') + text.slice(end);
  return `${text.slice(0, end - 2)}>${flow('closed')}</${name}>${text.slice(end)}`;
}

/** The file without the flow; with `names`, also with the names that it had. */
export function takeFlow(xml: string, names: Record<string, string | null> = {}): string {
  const put = /<guanjia:flow (?:[^>]* )?alone="(\w+)"[^>]*>[^<]*<\/guanjia:flow>/.exec(xml);
  if (!put) return xml;
  let text = without(xml.slice(0, put.index), put[1] ?? '', xml.slice(put.index + put[0].length));
  for (const [id, name] of Object.entries(names)) text = rename(text, id, name)?.text ?? text;
  return text;
}

/** `alone`: whether the extension elements around it were put in with it, or were `closed` in themselves. */
function without(before: string, alone: string, after: string): string {
  const opening = new RegExp(String.raw`<((?:[\w.-]+:)?extensionElements)${ATTRIBUTES}\s*>$`).exec(before);
  const closing = `</${opening?.[1] ?? ''}>`;
  if (!opening || alone === 'false' || !after.startsWith(closing)) return before + after;
  const kept = alone === 'closed' ? `${before.slice(0, -1)}/>` : before.slice(0, opening.index);
  return kept + after.slice(closing.length);
}

/** `name`: as it stands between quotes; null: none. */
function rename(xml: string, id: string, name: string | null): { text: string; before: string | null } | null {
  const start = startTag(xml, id);
  if (!start) return null;
  const known = /(\sname\s*=\s*)("[^"]*"|'[^']*')/.exec(start.tag);
  const [whole = '', assigned = ' name=', quoted = '""'] = known ?? [];
  const quote = quoted.charAt(0);
  const attribute = name === null ? '' : assigned + quote + name + quote;
  const at = start.begin + (known?.index ?? start.tag.search(/[\s/>]/));
  return {
    text: xml.slice(0, at) + attribute + xml.slice(at + whole.length),
    before: known && quoted.slice(1, -1),
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

/** Extension elements that stand there, up to the end of their start tag. */
function openedAt(xml: string, at: number): { name: string; end: number; isEmpty: boolean } | null {
  const opening = new RegExp(String.raw`\s*<((?:[\w.-]+:)?extensionElements)${ATTRIBUTES}\s*(/?)>`, 'y');
  opening.lastIndex = at;
  const found = opening.exec(xml);
  return found && { name: found[1] ?? '', end: opening.lastIndex, isEmpty: found[2] === '/' };
}

function prefixOf(tag: string): string {
  return /^<([\w.-]+:)?/.exec(tag)?.[1] ?? '';
}
