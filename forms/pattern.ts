/**
 * Whether a regular expression of a form type can hold up whoever runs it: each try of a backtracking engine is a way to read the text, so
 * their number is counted, for a text of the longest length a pattern is ever run on. Refuses more than would be slow; a class for an
 * alternation, or a bound, helps.
 */

/** Characters. A longer text never fits a pattern. */
export const longestMatched = 1000;
const mostWays = 2_000_000;
const mostRepeats = 1000;
/** Characters of the pattern with its repetitions written out. */
const longestWritten = 5000;

/** Runs only on texts the count of ways was made for. */
export class ShortTextPattern extends RegExp {
  override test(text: string): boolean {
    return text.length <= longestMatched && super.test(text);
  }
}

export type PatternFault = 'lookaround' | 'back_reference' | 'repetition' | 'too_many_ways' | 'not_understood';

/** Why it is not safe (flag u); null when it is. */
export function patternFault(pattern: string): PatternFault | null {
  const reading = { pattern, at: 0 };
  try {
    const { ways, size } = readChoice(reading, 0);
    if (reading.at < pattern.length) return 'not_understood';
    if (size > longestWritten) return 'repetition';
    // One that may begin anywhere is tried everywhere.
    return ways * (isAnchored(pattern) ? 1 : longestMatched) > mostWays ? 'too_many_ways' : null;
  } catch (error) {
    if (error instanceof Refusal) return error.fault;
    throw error;
  }
}

class Refusal extends Error {
  readonly fault: PatternFault;
  constructor(fault: PatternFault) {
    super(fault);
    this.fault = fault;
  }
}

interface Reading {
  pattern: string;
  at: number;
}
/** `ways` to read a text; `size`: how much of pattern it is. */
interface Part {
  ways: number;
  size: number;
}

const deepest = 20;

function readChoice(reading: Reading, depth: number): Part {
  if (depth > deepest) throw new Refusal('not_understood');
  const branches = [readSequence(reading, depth)];
  while (reading.pattern[reading.at] === '|') {
    reading.at++;
    branches.push(readSequence(reading, depth));
  }
  return { ways: sum(branches.map(({ ways }) => ways)), size: sum(branches.map(({ size }) => size)) };
}

function readSequence(reading: Reading, depth: number): Part {
  const whole = { ways: 1, size: 0 };
  while (reading.at < reading.pattern.length && !'|)'.includes(reading.pattern[reading.at] ?? '')) {
    const { ways, size } = repeated(readAtom(reading, depth), readRepetition(reading));
    whole.ways *= ways;
    whole.size += size;
  }
  return whole;
}

function readAtom(reading: Reading, depth: number): Part {
  if (reading.pattern[reading.at] === '(') return readGroup(reading, depth);
  const found = take(reading, /\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]/y);
  if (found === undefined) {
    if (take(reading, /\\[1-9k]/y) !== undefined) throw new Refusal('back_reference');
    const one = take(reading, /\\.|\[\^?(\\.|[^\]\\])*\]|[^\\[\](){}*+?]/suy);
    if (one === undefined) throw new Refusal('not_understood');
  }
  return { ways: 1, size: 1 };
}

function readGroup(reading: Reading, depth: number): Part {
  if (take(reading, /\(\?<?[=!]/y) !== undefined) throw new Refusal('lookaround');
  take(reading, /\((\?:|\?<[A-Za-z_$][\w$]*>)?/y);
  const inner = readChoice(reading, depth + 1);
  if (take(reading, /\)/y) === undefined) throw new Refusal('not_understood');
  return { ways: inner.ways, size: inner.size + 1 };
}

interface Repetition {
  least: number;
  most: number;
}

const signs: Partial<Record<string, Repetition>> = {
  '*': { least: 0, most: Infinity },
  '+': { least: 1, most: Infinity },
  '?': { least: 0, most: 1 },
};

function readRepetition(reading: Reading): Repetition {
  const sign = take(reading, /[*+?]\??|\{\d+(,\d*)?\}\??/y);
  if (sign === undefined) return { least: 1, most: 1 };
  const known = signs[sign[0] ?? ''];
  if (known !== undefined) return known;
  const [least = '', most] = sign.replaceAll(/[{}?]/g, '').split(',');
  const bounds = { least: Number(least), most: most === undefined ? Number(least) : Number(most || Infinity) };
  const written = [bounds.least, bounds.most].filter(Number.isFinite);
  if (written.some((bound) => bound > mostRepeats)) throw new Refusal('repetition');
  return bounds;
}

/** What can be read in one way is told apart by how often it comes; what can be read in several multiplies with each time. */
function repeated({ ways, size }: Part, { least, most }: Repetition): Part {
  const written = size * Math.max(1, Number.isFinite(most) ? most : least);
  if (ways === 1) return { ways: Math.min(most, longestMatched) - least + 1, size: written };
  let all = 0;
  for (let times = least; times <= most && all <= mostWays; times++) all += ways ** times;
  return { ways: all, size: written };
}

function isAnchored(pattern: string): boolean {
  const bare = pattern.replaceAll(/\\.|\[\^?(\\.|[^\]\\])*\]/gsu, '').replaceAll(/\([^()]*\)/g, '');
  return pattern.startsWith('^') && !/\|(?!\^)/.test(bare);
}

function take(reading: Reading, what: RegExp): string | undefined {
  what.lastIndex = reading.at;
  const found = what.exec(reading.pattern)?.[0];
  if (found !== undefined) reading.at += found.length;
  return found;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
