/**
 * Reads a FEEL expression before it ever runs: refuses what cannot be bounded (functions of its own, unknown names, deep nesting) and
 * has the rest rewritten so that every loop, list and value passes a counter (protocol.md rule 18). feelin cannot be interrupted, and a
 * loop in it stalls a workflow task for ever; so the counting is written into the expression itself.
 */
import { parseExpression } from 'feelin';
import { BUILTINS } from './feel/functions.ts';
import { plainTestOf, type PlainTest } from './feel/plain.ts';
import { rewrite, type Node, type Rewritten } from './feel/rewrite.ts';

/** Bounds of what is read; of what runs: EVALUATION_LIMITS. */
const LIMITS = { length: 2000, nodes: 400, depth: 32 };

/** `source` is the expression as it is evaluated. */
export interface Prepared extends Rewritten {
  text: string;
  /** Where it only asks whether a name is a text. */
  plain: PlainTest | null;
  /** Fields and other names it reads, local names excluded. */
  names: string[];
  /** Names after a dot, keys and plain texts: whatever may name an entry of a context. */
  words: string[];
  /** Names read of a name: `line.amount`. */
  members: { of: string; name: string }[];
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

/** feelin's builtins whose work grows with the size of their arguments only, and ours. */
const FUNCTIONS = new Set([
  ...(
    'string,not,string length,upper case,lower case,substring before,substring after,contains,starts with,ends with,string join,' +
    'count,all,any,append,concatenate,reverse,flatten,sqrt,log,exp,odd,even,is,day of year,day of week,month of year,week of year,' +
    'now,today'
  ).split(','),
  ...BUILTINS.keys(),
]);
/** Function definitions recur, the rest has no use in a flow. */
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
/** What their names mean ends with them. */
const SCOPES = new Set(['ForExpression', 'QuantifiedExpression', 'Context', 'FilterExpression']);
/** Begin with the name they give. */
const NAMING = new Set(['InExpression', 'ContextEntry']);

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
  words: Set<string>;
  members: Prepared['members'];
  outcomes: Set<string>;
  times: Set<string>;
}

function readExpression(text: string, known: Set<string> | null): Preparation {
  if (text.length > LIMITS.length) throw new Refused('expression_unbounded', LIMITS.length, 'length');
  refuseNesting(text);
  const root = toTree(text);
  const reading: Reading = {
    ...{ text, known, names: new Set(), words: new Set(), members: [] },
    ...{ outcomes: new Set(), times: new Set() },
  };
  readNode(root, reading, new Set());
  const [names, outcomes, times] = [[...reading.names], [...reading.outcomes], [...reading.times]];
  const [words, { members }] = [[...reading.words], reading];
  const plain = plainTestOf(root, text);
  return { ok: true, prepared: { text, plain, ...rewrite(root, text), names, words, members, outcomes, times } };
}

/** Before parsing: the parser itself recurs on brackets. */
function refuseNesting(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth > LIMITS.depth) throw new Refused('expression_unbounded', at, 'depth');
  }
}

const trees = new Map<string, Node>();
const TREES = 500;

/** `check` and `compile` ask for the same texts, one after the other. */
function toTree(text: string): Node {
  const tree = trees.get(text) ?? parse(text);
  if (trees.size >= TREES) trees.clear();
  trees.set(text, tree);
  return tree;
}

/** Parsed without variables: names of several words, which only a context can tell apart, are not in this language. */
function parse(text: string): Node {
  const cursor = parseExpression(text, {}, undefined).cursor();
  const top: Node[] = [];
  const stack: Node[] = [];
  let count = 0;
  do {
    count += 1;
    if (count > LIMITS.nodes) throw new Refused('expression_unbounded', cursor.from, 'nodes');
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
    if (stack.length > LIMITS.depth * 2) throw new Refused('expression_unbounded', node.from, 'depth');
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
  refuse(node, found);
  if (node.name === 'Name') addLocal(node, found, locals);
  if (node.name === 'VariableName' && !locals.has(found)) readName(node, found, reading);
  if (node.name === 'PathExpression') readStep(node, reading);
  // `get value(row, "column")`.
  if (node.name === 'StringLiteral') reading.words.add(found.slice(1, -1));
  const inner = SCOPES.has(node.name) ? new Set(locals) : locals;
  for (const child of inOrder(node, reading)) {
    readNode(child, reading, inner);
    // What comes after a filter's list sees each of its items.
    if (node.name === 'FilterExpression') inner.add('item');
  }
}

function refuse(node: Node, found: string): void {
  if (node.isError) throw new Refused('expression_invalid', node.from, found);
  const isEndless = node.name === 'NumericLiteral' && !Number.isFinite(Number(found.replace(/\s/g, '')));
  if (REFUSED.has(node.name) || isEndless) throw new Refused('expression_unbounded', node.from, found);
  if (node.name === 'Key') refuseKey(node, found);
}

/** What is left to read, a name after what it stands for: the list of `some x in list` does not know `x` yet. */
function inOrder(node: Node, reading: Reading): Node[] {
  if (node.name === 'FunctionInvocation') return readCall(node, reading);
  const [first, ...rest] = node.children;
  return first && NAMING.has(node.name) ? [...rest, first] : node.children;
}

function addLocal(node: Node, name: string, locals: Set<string>): void {
  refuseName(node, name);
  locals.add(name);
}

/** A key in quotes is a name as well; escapes could hide what it is. */
function refuseKey(node: Node, found: string): void {
  if (!found.startsWith('"')) return;
  if (found.includes('\\')) throw new Refused('expression_unbounded', node.from, found);
  refuseName(node, found.slice(1, -1));
}

/** `__` begins the names of our functions, and the host's `__proto__`; `partial` feeds a loop its own result. */
function refuseName(node: Node, name: string): void {
  if (name.startsWith('__') || name === 'partial') throw new Refused('expression_unbounded', node.from, name);
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
  refuseName(node, name);
  if (reading.known && !reading.known.has(name)) throw new Refused('unknown_name', node.from, name);
  reading.names.add(name);
}

/** What is read of a name: `outcomes.<step>`, `times.<step>`, a column of an item. */
function readStep(node: Node, reading: Reading): void {
  const [target, , path] = node.children;
  if (!target || !path) return;
  const name = reading.text.slice(target.from, target.to);
  const word = reading.text.slice(path.from, path.to);
  reading.words.add(word);
  if (target.name === 'VariableName') reading.members.push({ of: name, name: word });
  if (name === 'outcomes' || name === 'times') reading[name].add(reading.text.slice(path.from, path.to));
}
