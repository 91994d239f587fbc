/**
 * Expressions of BPMN engines in FEEL: `${amount > 1000 && !urgent}` gives `amount > 1000 and not(urgent)`. What calls methods or beans has
 * no meaning here and is refused.
 */
import { toField } from './names.ts';

interface Token {
  kind: 'number' | 'text' | 'name' | 'sign';
  text: string;
}
export type Translation = { ok: true; feel: string; names: string[] } | { ok: false; reason: string };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_$][\w$]*)|(&&|\|\||[=!<>]=|[-+*/%<>!?:().[\],]))/y;

/** What is within `${…}` or `#{…}`; null: it is plain text. */
export function expressionIn(text: string): string | null {
  const found = /^[$#]\{([\s\S]*)\}$/.exec(text.trim());
  return found?.[1]?.trim() ?? null;
}

/** The expressions in a text; splitting by it keeps them. */
export const VALUES = /([$#]\{[^}]*\})/g;

/** A text with the constants of its expressions in it, which need no reckoning: `a-${'b'}` is `a-b`. */
export function constantsIn(text: string): string {
  return text.replace(/[$#]\{\s*(["'])([^"']*)\1\s*\}/g, '$2');
}

/** Whether a text is, or holds, an expression. */
export function isPut(text: string): boolean {
  return text.search(VALUES) >= 0;
}

/** An expression with or without its braces. Plain text that is no expression fails. */
export function toFeel(text: string): Translation {
  try {
    const parser = new Parser(expressionIn(text) ?? text);
    const feel = parser.whole();
    return { ok: true, feel, names: [...parser.names] };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

/** By precedence, loosest first: the signs and words of each level with what FEEL writes. */
const LEVELS: Record<string, string>[] = [
  { '||': 'or', or: 'or' },
  { '&&': 'and', and: 'and' },
  { '==': '=', eq: '=', '!=': '!=', ne: '!=' },
  { '<': '<', lt: '<', '>': '>', gt: '>', '<=': '<=', le: '<=', '>=': '>=', ge: '>=' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/', div: '/', '%': '%', mod: '%' },
];

class Parser {
  readonly names = new Set<string>();
  private readonly tokens: Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = tokensOf(text);
  }

  whole(): string {
    const feel = this.choice();
    if (this.at < this.tokens.length) throw new Error(`unexpected ${this.peek()}`);
    return feel;
  }

  private choice(): string {
    const condition = this.level(0);
    if (!this.take('?')) return condition;
    const then = this.choice();
    this.need(':');
    return `if ${condition} then ${then} else ${this.choice()}`;
  }

  private level(depth: number): string {
    const signs = LEVELS[depth];
    if (!signs) return this.unary();
    let left = this.level(depth + 1);
    for (let sign = this.peek(); Object.hasOwn(signs, sign); sign = this.peek()) {
      this.at += 1;
      const right = this.level(depth + 1);
      left = signs[sign] === '%' ? `modulo(${left}, ${right})` : `${left} ${signs[sign] ?? sign} ${right}`;
    }
    return left;
  }

  private unary(): string {
    if (this.take('!') || this.take('not')) return `not(${this.unary()})`;
    if (this.take('-')) return `-${this.unary()}`;
    if (this.take('empty')) {
      const value = this.unary();
      return `(${value} = null or ${value} = "" or ${value} = [])`;
    }
    return this.path();
  }

  private path(): string {
    let value = this.primary();
    while (this.take('.')) {
      value += `.${this.name()}`;
      if (this.peek() === '(') throw new Error('it calls a method');
    }
    if (['(', '['].includes(this.peek())) throw new Error('it calls a function or reads by index');
    return value;
  }

  private primary(): string {
    const token = this.tokens[this.at];
    if (!token) throw new Error('it ends too early');
    if (token.kind === 'number') return this.next();
    if (token.kind === 'text') return JSON.stringify(this.next());
    if (this.take('(')) {
      const inner = this.choice();
      this.need(')');
      return `(${inner})`;
    }
    if (['true', 'false', 'null'].includes(token.text)) return this.next();
    const name = toField(this.name());
    this.names.add(name);
    return name;
  }

  private name(): string {
    if (this.tokens[this.at]?.kind !== 'name') throw new Error(`unexpected ${this.peek() || 'end'}`);
    return this.next();
  }

  private next(): string {
    this.at += 1;
    return this.tokens[this.at - 1]?.text ?? '';
  }

  /** The next sign or word. */
  private peek(): string {
    const token = this.tokens[this.at];
    return token && token.kind !== 'text' ? token.text : '';
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at += 1;
    return true;
  }

  private need(text: string): void {
    if (!this.take(text)) throw new Error(`${text} is missing`);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`${text.slice(from).trim().slice(0, 20)} cannot be read`);
    const [, number, double, single, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (double !== undefined || single !== undefined)
      tokens.push({ kind: 'text', text: (double ?? single ?? '').replace(/\\(.)/g, '$1') });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}
