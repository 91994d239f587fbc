/**
 * Writes an expression anew, so that it counts itself while it runs and reckons with functions of ours (counter.ts). feelin cannot be
 * interrupted, and what it has otherwise than the standard cannot be changed from outside: it stands in the expression instead.
 */
import type { Operator } from './arithmetic.ts';
import { BUILTINS } from './functions.ts';
import { RANGES } from './ranges.ts';

/** A piece of a parsed expression. */
export interface Node {
  name: string;
  from: number;
  to: number;
  isError: boolean;
  children: Node[];
}
export interface Rewritten {
  source: string;
  /** Builtins of ours that it calls. */
  calls: string[];
}

/** Names that functions of ours take in the rewritten expression. Names in expressions never begin so. */
export const HELPERS = {
  value: '__v',
  each: '__each',
  items: '__items',
  range: '__range',
  path: '__path',
  comparable: '__c',
  negative: '__negative',
};
export const OPERATORS: Record<Operator, string> = {
  '+': '__plus',
  '-': '__minus',
  '*': '__times',
  '/': '__over',
  '**': '__power',
};

const COUNTED = new Set(['List', 'Context', 'VariableName', 'FunctionInvocation', 'ForExpression']);
const LITERALS = new Set(['NumericLiteral', 'StringLiteral', 'BooleanLiteral', 'null']);
/** Of a comparison: what stands between its values. */
const SIGNS = new Set(['CompareOp', 'in', 'between', 'and', '(', ')']);
/** Builtins that answer yes or no. */
const ASKING = new Set([
  ...[
    'not',
    'contains',
    'starts with',
    'ends with',
    'matches',
    'list contains',
    'is',
    'is defined',
    'odd',
    'even',
    'all',
    'any',
  ],
  ...Object.keys(RANGES),
]);

/** What a builtin of ours is called in the rewritten expression. */
export function helperOf(builtin: string): string {
  return `__${builtin.replaceAll(' ', '_')}`;
}

export function rewrite(root: Node, text: string): Rewritten {
  const writer = new Writer(text);
  return { source: writer.write(root), calls: [...writer.calls] };
}

class Writer {
  readonly calls = new Set<string>();
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  write(node: Node): string {
    const written = this.inner(node);
    return COUNTED.has(node.name) ? `${HELPERS.value}(${written})` : written;
  }

  private inner(node: Node): string {
    switch (node.name) {
      case 'FunctionInvocation':
        return this.call(node);
      case 'IterationContext':
        return this.iteration(node);
      case 'ArithmeticExpression':
        return `${HELPERS.value}(${this.arithmetic(node)})`;
      case 'FilterExpression':
        return `${HELPERS.value}(${this.filter(node)})`;
      case 'PathExpression':
        return this.path(node);
      case 'Comparison':
        return this.comparison(node);
      case 'NumericLiteral':
        // feelin reads 1e5 as 1.
        return this.textOf(node).replace(/^(-?\d+)(?=e)/i, '$1.0');
      default:
        return this.stitch(node, (child) => this.write(child));
    }
  }

  private call(node: Node): string {
    const [, ...rest] = node.children;
    const name = this.calleeOf(node);
    // feelin's own now() and today() read the machine's clock; ours come with the event (rule 19).
    if (name === 'now' || name === 'today') return name;
    const isOurs = BUILTINS.has(name);
    if (isOurs) this.calls.add(name);
    return `${isOurs ? helperOf(name) : name}${rest.map((child) => this.write(child)).join('')}`;
  }

  private iteration(node: Node): string {
    const [from, dots, to] = node.children;
    if (from && dots && to) return `${HELPERS.range}(${this.write(from)}, ${this.write(to)})`;
    return `${HELPERS.each}(${this.stitch(node, (child) => this.write(child))})`;
  }

  private arithmetic({ children }: Node): string {
    const [a, sign, b] = children;
    if (!a || !sign) return '';
    if (!b) return `${HELPERS.negative}(${this.write(sign)})`;
    const operator = this.textOf(sign).replace('^', '**') as Operator;
    return `${OPERATORS[operator]}(${this.write(a)}, ${this.write(b)})`;
  }

  /** feelin asks each item only where it sees a comparison; a function it would call once, for none of them. */
  private filter(node: Node): string {
    const [list, , test] = node.children;
    const isAsked = test?.name === 'FunctionInvocation' && ASKING.has(this.calleeOf(test));
    return this.stitch(node, (child) => {
      if (child === list) return `${HELPERS.items}(${this.write(child)})`;
      return child === test && isAsked ? `${this.write(child)} = true` : this.write(child);
    });
  }

  private path({ children }: Node): string {
    const [target, , name] = children;
    if (!target || !name) return '';
    return `${HELPERS.path}(${this.write(target)}, "${this.textOf(name).replace(/\s+/g, ' ')}")`;
  }

  /** Values are compared as feelin compares them rightly; texts and numbers are so already. */
  private comparison(node: Node): string {
    if (node.children.some(({ name }) => LITERALS.has(name))) return this.stitch(node, (child) => this.write(child));
    return this.stitch(node, (child) => (SIGNS.has(child.name) ? this.textOf(child) : this.compared(child)));
  }

  private compared(node: Node): string {
    const [first] = node.children;
    if (node.name === 'PositiveUnaryTests') return this.stitch(node, (child) => this.compared(child));
    const isTest = node.name === 'PositiveUnaryTest' || node.name === 'SimplePositiveUnaryTest';
    if (isTest && first?.name === 'CompareOp')
      return this.stitch(node, (child) => (child === first ? this.textOf(child) : this.compared(child)));
    if (node.name === 'PositiveUnaryTest' && first) return this.compared(first);
    return LITERALS.has(node.name) ? this.write(node) : `${HELPERS.comparable}(${this.write(node)})`;
  }

  private stitch(node: Node, write: (child: Node) => string): string {
    let at = node.from;
    let out = '';
    for (const child of node.children) {
      out += this.text.slice(at, child.from) + write(child);
      at = child.to;
    }
    return out + this.text.slice(at, node.to);
  }

  private calleeOf({ children: [callee] }: Node): string {
    return callee ? this.textOf(callee).replace(/\s+/g, ' ') : '';
  }

  private textOf({ from, to }: Node): string {
    return this.text.slice(from, to);
  }
}
