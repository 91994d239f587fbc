/**
 * Regular expressions of `matches`, `replace` and `split` (DMN 1.5, 10.3.4.3: XPath 3.1 F&O 5.6). The host's own can run for years on a
 * few characters, and nothing can stop them; this one keeps every way to match alive at once (Pike's machine), so its work is the length
 * of the text times the length of the pattern at most, and each step is counted.
 */
import { Parser, Unreadable, type Node } from './pattern.ts';

export interface Regex {
  /** Start, end, and start and end of each group, in code points of the text; null when nothing matches from there on. */
  exec(text: readonly string[], from: number, spend: Spend): (number | undefined)[] | null;
}
/** Counts the steps; throws at the limit. */
export type Spend = (steps: number) => void;

type Step =
  | { op: 'char'; test: (char: string) => boolean }
  | { op: 'assert'; holds: (text: readonly string[], at: number) => boolean }
  | { op: 'fork'; ways: number[] }
  | { op: 'save'; slot: number }
  | { op: 'match' };

const MOST_STEPS = 2000;

/** Null for a pattern that cannot be read: back references and looking around are not in this language. */
export function compileRegex(pattern: string, flags: string): Regex | null {
  if (!/^[smixq]*$/.test(flags)) return null;
  try {
    const program = assemble(new Parser(pattern, new Set(flags)).parse());
    return { exec: (text, from, spend) => run(program, text, { from, spend }) };
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError) return null;
    throw error;
  }
}

function assemble(root: Node): Step[] {
  const program: Step[] = [];
  const put = (step: Step): void => {
    if (program.length >= MOST_STEPS) throw new Unreadable();
    program.push(step);
  };
  emit({ kind: 'group', index: 0, inner: root }, program, put);
  put({ op: 'match' });
  return program;
}

function emit(node: Node, program: Step[], put: (step: Step) => void): void {
  const inner = (each: Node): void => {
    emit(each, program, put);
  };
  switch (node.kind) {
    case 'char':
      put({ op: 'char', test: node.test });
      break;
    case 'assert':
      put({ op: 'assert', holds: node.holds });
      break;
    case 'all':
      node.of.forEach(inner);
      break;
    case 'any':
      emitAny(node.of, program, { put, inner });
      break;
    case 'repeat':
      emitRepeat(node, program, { put, inner });
      break;
    case 'group':
      put({ op: 'save', slot: node.index * 2 });
      inner(node.inner);
      put({ op: 'save', slot: node.index * 2 + 1 });
  }
}

interface Emitting {
  put: (step: Step) => void;
  inner: (node: Node) => void;
}

function emitAny(of: Node[], program: Step[], { put, inner }: Emitting): void {
  const ways: number[] = [];
  const ends: number[][] = [];
  put({ op: 'fork', ways });
  for (const each of of) {
    ways.push(program.length);
    inner(each);
    const end: number[] = [];
    ends.push(end);
    put({ op: 'fork', ways: end });
  }
  for (const end of ends) end.push(program.length);
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, program: Step[], { put, inner }: Emitting): void {
  for (let count = 0; count < node.min; count += 1) inner(node.inner);
  const choose = (go: number, leave: number): number[] => (node.lazy ? [leave, go] : [go, leave]);
  if (node.max === Infinity) {
    const ways: number[] = [];
    const at = program.length;
    put({ op: 'fork', ways });
    inner(node.inner);
    put({ op: 'fork', ways: [at] });
    ways.push(...choose(at + 1, program.length));
    return;
  }
  const forks: { ways: number[]; at: number }[] = [];
  for (let count = node.min; count < node.max; count += 1) {
    const fork = { ways: [], at: program.length };
    forks.push(fork);
    put({ op: 'fork', ways: fork.ways });
    inner(node.inner);
  }
  for (const { ways, at } of forks) ways.push(...choose(at + 1, program.length));
}

type Saved = (number | undefined)[];
interface Thread {
  step: number;
  saved: Saved;
}
/** Every way to match that is alive at one place of the text, the ways that are preferred first. */
interface Front {
  at: number;
  threads: Thread[];
  seen: Set<number>;
}

function run(program: Step[], text: readonly string[], { from, spend }: { from: number; spend: Spend }): Saved | null {
  let found: Saved | null = null;
  let front: Front = { at: from, threads: [], seen: new Set() };
  for (;;) {
    // A later start is the last resort; with a match in hand there is none.
    if (found === null) follow(program, text, front, { step: 0, saved: [] });
    spend(front.threads.length + front.seen.size + 1);
    const next: Front = { at: front.at + 1, threads: [], seen: new Set() };
    found = advance(program, text, { front, next }) ?? found;
    if (front.at >= text.length || (found !== null && next.threads.length === 0)) return found;
    front = next;
  }
}

/** Lets every way read a character; answers what has matched, and leaves what is less preferred than that behind. */
function advance(
  program: Step[],
  text: readonly string[],
  { front, next }: { front: Front; next: Front },
): Saved | null {
  const char = text[front.at];
  for (const { step: index, saved } of front.threads) {
    const step = program[index];
    if (step?.op === 'match') return saved;
    if (step?.op === 'char' && char !== undefined && step.test(char))
      follow(program, text, next, { step: index + 1, saved });
  }
  return null;
}

/** Goes on to the next characters to read. */
function follow(program: Step[], text: readonly string[], { at, threads, seen }: Front, thread: Thread): void {
  const waiting = [thread];
  for (let each = waiting.pop(); each; each = waiting.pop()) {
    const step = program[each.step];
    if (!step || seen.has(each.step)) continue;
    seen.add(each.step);
    if (step.op === 'char' || step.op === 'match') threads.push(each);
    else waiting.push(...waysOn(step, each, { text, at }));
  }
}

/** Where a step that reads nothing leads, the preferred way last. */
function waysOn(
  step: Step,
  { step: index, saved }: Thread,
  { text, at }: { text: readonly string[]; at: number },
): Thread[] {
  if (step.op === 'fork') return step.ways.map((way) => ({ step: way, saved })).reverse();
  if (step.op === 'save') return [{ step: index + 1, saved: Object.assign([...saved], { [step.slot]: at }) }];
  return step.op === 'assert' && step.holds(text, at) ? [{ step: index + 1, saved }] : [];
}
