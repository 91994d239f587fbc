/**
 * Reads a FEEL expression before it ever runs: refuses what cannot be bounded (functions, regular expressions, unknown names,
 * deep nesting) and rewrites the rest so that every loop, list and value passes a counter (protocol.md rule 18). feelin cannot be
 * interrupted, and a loop in it stalls a workflow task for ever; so the counting is written into the expression itself.
 */
import { parseExpression } from 'feelin';

/** Bounds of one evaluation. Operations are loop turns and the sizes of all values met. */
export const FEEL_LIMITS = { length: 2000, nodes: 400, depth: 32, operations: 20_000, list: 1000, text: 10_000 };

export interface Prepared {
  text: string;
  /** The expression with its counters, as it is evaluated. */
  source: string;
  /** Fields and other names it reads, local names excluded. */
  names: string[];
  /** Steps whose `outcomes.<step>` it reads. */
  outcomes: string[];
  /** Steps whose `times.<step>` it reads. */
  times: string[];
}
export interface FeelProblem {
  code: 'expression_invalid' | 'expression_unbounded' | 'unknown_name';
  params: { expression: string; at: number; found: string };
}
export type Preparation = { ok: true; prepared: Prepared } | { ok: false; problem: FeelProblem };

interface Node {
  name: string;
  from: number;
  to: number;
  isError: boolean;
  children: Node[];
}

/** Builtins whose work grows with the size of their arguments only; without regular expressions and callbacks. */
const FUNCTIONS = new Set(
  (
    'number,string,not,substring,string length,upper case,lower case,substring before,substring after,contains,starts with,' +
    'ends with,string join,list contains,count,min,max,sum,mean,all,any,sublist,append,concatenate,insert before,remove,reverse,' +
    'flatten,decimal,floor,ceiling,abs,round up,round down,round half up,round half down,modulo,sqrt,odd,even,is,before,after,' +
    'includes,during,overlaps,starts,finishes,day of year,day of week,month of year,week of year,now,today,' +
    'years and months duration'
  ).split(','),
);
/** Function definitions recur, `partial` feeds a loop its own result, the rest has no use in a flow. */
const REFUSED = new Set([
  'FunctionDefinition',
  'NamedParameters',
  'InstanceOfExpression',
  'Wildcard',
  '?',
  'LineComment',
  'BlockComment',
  'BacktickIdentifier',
]);
const COUNTED = new Set([
  'List',
  'Context',
  'FunctionInvocation',
  'ForExpression',
  'FilterExpression',
  'ArithmeticExpression',
]);

/** What their names mean ends with them. */
const SCOPES = new Set(['ForExpression', 'QuantifiedExpression', 'Context', 'FilterExpression']);
/** Begin with the name they give. */
const NAMING = new Set(['InExpression', 'ContextEntry']);

/** Names the counters take in the rewritten expression; expressions may not use them. */
export const COUNTERS = { value: '__v', each: '__each', range: '__range' };

/**
 * Parses and rewrites an expression. `known` are the names it may read besides its own local ones; null: any, for a published
 * flow that `check` has seen. Never throws.
 */
export function prepare(text: string, known: Iterable<string> | null): Preparation {
  try {
    return readExpression(text, known === null ? null : new Set(known));
  } catch (error) {
    const found = error instanceof Refused ? error.found : String(error);
    const at = error instanceof Refused ? error.at : 0;
    const code = error instanceof Refused ? error.code : 'expression_invalid';
    return { ok: false, problem: { code, params: { expression: text, at, found } } };
  }
}

class Refused extends Error {
  code: FeelProblem['code'];
  at: number;
  found: string;
  constructor(code: FeelProblem['code'], at: number, found: string) {
    super(code);
    this.code = code;
    this.at = at;
    this.found = found;
  }
}

interface Reading {
  text: string;
  known: Set<string> | null;
  names: Set<string>;
  outcomes: Set<string>;
  times: Set<string>;
}

function readExpression(text: string, known: Set<string> | null): Preparation {
  if (text.length > FEEL_LIMITS.length) throw new Refused('expression_unbounded', FEEL_LIMITS.length, 'length');
  refuseNesting(text);
  const root = toTree(text);
  const reading: Reading = { text, known, names: new Set(), outcomes: new Set(), times: new Set() };
  readNode(root, reading, new Set());
  const [names, outcomes, times] = [[...reading.names], [...reading.outcomes], [...reading.times]];
  return { ok: true, prepared: { text, source: rewrite(root, text), names, outcomes, times } };
}

/** Before parsing: the parser itself recurs on brackets. */
function refuseNesting(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth > FEEL_LIMITS.depth) throw new Refused('expression_unbounded', at, 'depth');
  }
}

/** Parsed without variables: names of several words, which only a context can tell apart, are not in this language. */
function toTree(text: string): Node {
  const cursor = parseExpression(text, {}, undefined).cursor();
  const top: Node[] = [];
  const stack: Node[] = [];
  let count = 0;
  do {
    count += 1;
    if (count > FEEL_LIMITS.nodes) throw new Refused('expression_unbounded', cursor.from, 'nodes');
    const node: Node = {
      name: cursor.name,
      from: cursor.from,
      to: cursor.to,
      isError: cursor.type.isError,
      children: [],
    };
    while (stack.length > depthOf(cursor.node)) stack.pop();
    const parent = stack.at(-1);
    (parent ? parent.children : top).push(node);
    stack.push(node);
    if (stack.length > FEEL_LIMITS.depth * 2) throw new Refused('expression_unbounded', node.from, 'depth');
  } while (cursor.next());
  const root = top[0];
  if (!root) throw new Refused('expression_invalid', 0, text);
  return root;
}

function depthOf(node: { parent: unknown }): number {
  let depth = 0;
  for (let at = node.parent; at; at = (at as { parent: unknown }).parent) depth += 1;
  return depth;
}

/** Reads a node and all below it. `locals`: names that loops, contexts and filters around it have made; a `Name` adds to them. */
function readNode(node: Node, reading: Reading, locals: Set<string>): void {
  const found = reading.text.slice(node.from, node.to);
  if (node.isError) throw new Refused('expression_invalid', node.from, found);
  if (REFUSED.has(node.name)) throw new Refused('expression_unbounded', node.from, found);
  if (node.name === 'Name') addLocal(node, found, locals);
  if (node.name === 'VariableName' && !locals.has(found)) readName(node, found, reading);
  if (node.name === 'PathExpression') readStep(node, reading);
  const inner = SCOPES.has(node.name) ? new Set(locals) : locals;
  for (const child of inOrder(node, reading)) {
    readNode(child, reading, inner);
    // What comes after a filter's list sees each of its items.
    if (node.name === 'FilterExpression') inner.add('item');
  }
}

/** What is left to read, a name after what it stands for: the list of `some x in list` does not know `x` yet. */
function inOrder(node: Node, reading: Reading): Node[] {
  if (node.name === 'FunctionInvocation') return readCall(node, reading);
  const [first, ...rest] = node.children;
  return first && NAMING.has(node.name) ? [...rest, first] : node.children;
}

function addLocal(node: Node, name: string, locals: Set<string>): void {
  if (name.startsWith('__') || name === 'partial') throw new Refused('expression_unbounded', node.from, name);
  locals.add(name);
}

/** Lets only known functions pass; answers what is left to read of the call. */
function readCall(node: Node, reading: Reading): Node[] {
  const [first, ...rest] = node.children;
  const callee = first ? reading.text.slice(first.from, first.to).replace(/\s+/g, ' ') : '';
  if (!FUNCTIONS.has(callee)) throw new Refused('expression_unbounded', node.from, callee);
  if (callee === 'now' || callee === 'today') reading.names.add(callee);
  return rest;
}

function readName(node: Node, name: string, reading: Reading): void {
  if (reading.known && !reading.known.has(name)) throw new Refused('unknown_name', node.from, name);
  reading.names.add(name);
}

/** `outcomes.<step>` and `times.<step>`. */
function readStep(node: Node, reading: Reading): void {
  const [target, , path] = node.children;
  if (!target || !path) return;
  const name = reading.text.slice(target.from, target.to);
  if (name === 'outcomes' || name === 'times') reading[name].add(reading.text.slice(path.from, path.to));
}

/** The expression with its counters: see COUNTERS. */
function rewrite(node: Node, text: string): string {
  if (node.name === 'FunctionInvocation') return rewriteCall(node, text);
  if (node.name === 'IterationContext') return rewriteIteration(node, text);
  const inner = stitch(node, text);
  if (node.name === 'VariableName') return `${COUNTERS.value}(${inner})`;
  return COUNTED.has(node.name) && !isSigned(node) ? `${COUNTERS.value}(${inner})` : inner;
}

/** `-1`: a number with its sign has nothing to count, and stays a literal where only a literal may stand. */
function isSigned(node: Node): boolean {
  return (
    node.name === 'ArithmeticExpression' && node.children.length === 2 && node.children[1]?.name === 'NumericLiteral'
  );
}

function rewriteCall(node: Node, text: string): string {
  const [callee, ...rest] = node.children;
  const name = callee ? text.slice(callee.from, callee.to) : '';
  // feelin's own now() and today() read the machine's clock; ours come with the event (rule 19).
  if (name === 'now' || name === 'today') return name;
  return `${COUNTERS.value}(${name}${rest.map((child) => rewrite(child, text)).join('')})`;
}

function rewriteIteration(node: Node, text: string): string {
  const [from, dots, to] = node.children;
  if (from && dots && to) return `${COUNTERS.range}(${rewrite(from, text)}, ${rewrite(to, text)})`;
  return `${COUNTERS.each}(${stitch(node, text)})`;
}

function stitch(node: Node, text: string): string {
  let at = node.from;
  let out = '';
  for (const child of node.children) {
    out += text.slice(at, child.from) + rewrite(child, text);
    at = child.to;
  }
  return out + text.slice(at, node.to);
}
