/** What conditions mostly ask, `name = "text"`: told without the interpreter, which reads its expression anew each time. */
import type { Node } from './rewrite.ts';

/** `path`: a name, or a name and its entry. */
export interface PlainTest {
  path: [name: string, entry?: string];
  text: string;
}

/** Null for every other expression. */
export function plainTestOf({ children: [root, ...others] }: Node, source: string): PlainTest | null {
  if (root?.name !== 'Comparison' || others.length > 0) return null;
  const textOf = ({ from, to }: Node): string => source.slice(from, to);
  const [target, sign, literal] = root.children;
  if (!target || !sign || textOf(sign) !== '=') return null;
  const path = pathOf(target, textOf);
  const text = literal && plainText(literal, textOf);
  return path === null || text === undefined ? null : { path, text };
}

/** Of a literal without escapes. */
function plainText(literal: Node, textOf: (node: Node) => string): string | undefined {
  const text = textOf(literal);
  return literal.name !== 'StringLiteral' || text.includes('\\') ? undefined : text.slice(1, -1);
}

function pathOf(target: Node, textOf: (node: Node) => string): PlainTest['path'] | null {
  if (target.name === 'VariableName') return [textOf(target)];
  if (target.name !== 'PathExpression') return null;
  const [name, , entry] = target.children;
  return name?.name === 'VariableName' && entry ? [textOf(name), textOf(entry).replace(/\s+/g, ' ')] : null;
}

/** The text that stands there; undefined where something else does, or nothing: what that means the interpreter knows. */
export function plainTextAt(context: Record<string, unknown>, [name, entry]: PlainTest['path']): string | undefined {
  const value = Object.hasOwn(context, name) ? context[name] : undefined;
  const found = entry === undefined ? value : entryOf(value, entry);
  return typeof found === 'string' ? found : undefined;
}

function entryOf(value: unknown, entry: string): unknown {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.hasOwn(value, entry) ? (value as Record<string, unknown>)[entry] : undefined;
}
