/** Reads a regular expression (XPath 3.1 F&O 5.6.1) into a tree. */
type Test = (char: string) => boolean;
type Assert = (text: readonly string[], at: number) => boolean;
export type Node =
  | { kind: 'char'; test: Test }
  | { kind: 'assert'; holds: Assert }
  | { kind: 'group'; index: number; inner: Node }
  | { kind: 'all'; of: Node[] }
  | { kind: 'any'; of: Node[] }
  | { kind: 'repeat'; inner: Node; min: number; max: number; lazy: boolean };

const MOST_TIMES = 2000;
const DEEPEST = 32;
const LONGEST_PROPERTY = 40;
const ESCAPES = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Back references and looking around are not in this language. */
export class Unreadable extends Error {}

export class Parser {
  private readonly chars: string[];
  private readonly flags: ReadonlySet<string>;
  private at = 0;
  private depth = 0;
  private groups = 0;

  constructor(pattern: string, flags: ReadonlySet<string>) {
    this.chars = Array.from(pattern);
    this.flags = flags;
  }

  parse(): Node {
    if (this.flags.has('q')) return { kind: 'all', of: this.chars.map((char) => this.literal(char)) };
    const node = this.alternatives();
    if (this.at < this.chars.length) throw new Unreadable();
    return node;
  }

  private alternatives(): Node {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new Unreadable();
    const of = [this.sequence()];
    while (this.take('|')) of.push(this.sequence());
    this.depth -= 1;
    return of.length === 1 && of[0] ? of[0] : { kind: 'any', of };
  }

  private sequence(): Node {
    const of: Node[] = [];
    this.skip();
    while (this.at < this.chars.length && !'|)'.includes(this.peek())) {
      of.push(this.repeated(this.atom()));
      this.skip();
    }
    return { kind: 'all', of };
  }

  private atom(): Node {
    const char = this.next();
    if (char === '(') return this.group();
    if (char === '[') return this.charClass();
    if (char === '\\') return this.escape();
    if ('*+?{}]'.includes(char)) throw new Unreadable();
    return this.special(char) ?? this.literal(char);
  }

  private special(char: string): Node | undefined {
    if (char === '.') return { kind: 'char', test: this.flags.has('s') ? () => true : isNoLineEnd };
    if (char === '^') return { kind: 'assert', holds: this.flags.has('m') ? isLineStart : isStart };
    if (char === '$') return { kind: 'assert', holds: this.flags.has('m') ? isLineEnd : isEnd };
    return undefined;
  }

  private group(): Node {
    const captures = !this.take('?');
    if (!captures && !this.take(':')) throw new Unreadable();
    const index = captures ? (this.groups += 1) : 0;
    const inner = this.alternatives();
    if (!this.take(')')) throw new Unreadable();
    return captures ? { kind: 'group', index, inner } : inner;
  }

  private charClass(): Node {
    const from = this.at - 1;
    for (let char = this.next(); char !== ']'; char = this.next()) {
      if (char === '[') throw new Unreadable();
      if (char === '\\') this.next();
    }
    return this.oneOf(this.chars.slice(from, this.at).join(''));
  }

  private escape(): Node {
    const char = this.next();
    if ('dDwWsS'.includes(char)) return this.oneOf(`\\${char}`);
    if ('pP'.includes(char)) {
      const from = this.at;
      while (this.next() !== '}') if (this.at > from + LONGEST_PROPERTY) throw new Unreadable();
      return this.oneOf(`\\${char}${this.chars.slice(from, this.at).join('')}`);
    }
    if (!ESCAPES.has(char) && !'\\|.?*+(){}[]^$-/'.includes(char)) throw new Unreadable();
    return this.literal(ESCAPES.get(char) ?? char);
  }

  /** The host's own for one character at a time: no way to run long. */
  private oneOf(source: string): Node {
    const regex = new RegExp(`^${source}$`, this.flags.has('i') ? 'ui' : 'u');
    return { kind: 'char', test: (char) => regex.test(char) };
  }

  private literal(char: string): Node {
    const folded = char.toLowerCase();
    return { kind: 'char', test: (each) => each === char || (this.flags.has('i') && each.toLowerCase() === folded) };
  }

  private repeated(inner: Node): Node {
    this.skip();
    const [min, max] = this.times();
    if (min === 1 && max === 1) return inner;
    if (min > max) throw new Unreadable();
    return { kind: 'repeat', inner, min, max, lazy: this.take('?') };
  }

  private times(): [number, number] {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    if (!this.take('{')) return [1, 1];
    const min = this.number();
    if (this.take('}')) return [min, min];
    if (!this.take(',')) throw new Unreadable();
    if (this.take('}')) return [min, Infinity];
    const max = this.number();
    if (!this.take('}')) throw new Unreadable();
    return [min, max];
  }

  private number(): number {
    const from = this.at;
    while (/^\d$/.test(this.peek())) this.at += 1;
    const value = Number(this.chars.slice(from, this.at).join('') || 'x');
    if (!(value <= MOST_TIMES)) throw new Unreadable();
    return value;
  }

  /** Flag x: white space in the pattern is there to be read only. */
  private skip(): void {
    while (this.flags.has('x') && /^\s$/.test(this.peek())) this.at += 1;
  }
  private peek(): string {
    return this.chars[this.at] ?? '';
  }
  private next(): string {
    const char = this.chars[this.at];
    if (char === undefined) throw new Unreadable();
    this.at += 1;
    return char;
  }
  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at += 1;
    return true;
  }
}

const isNoLineEnd: Test = (char) => char !== '\n' && char !== '\r';
const isStart: Assert = (_text, at) => at === 0;
const isEnd: Assert = (text, at) => at === text.length;
const isLineStart: Assert = (text, at) => at === 0 || text[at - 1] === '\n';
const isLineEnd: Assert = (text, at) => at === text.length || text[at] === '\n';
