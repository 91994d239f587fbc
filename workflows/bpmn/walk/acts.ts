/** Acts as lines of text: `start {json}`, `complete ID {json}`, `timer ID`, `message NAME`, `signal NAME`. */
import type { Json, Vars } from '../../engine/types.ts';
import { Impossible, type World } from './world.ts';

/** What a line brings: the waiting elements, the end, or why nothing has changed. */
export type Answer = string[] | 'ended' | { error: string };

export function perform(world: World, line: string): Answer {
  try {
    act(world, line.trim());
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return { error: error.message };
  }
  return world.isEnded() ? 'ended' : world.waiting();
}

type Act = (world: World, name: string, vars: Vars) => void;

const ACTS = new Map<string, Act>([
  ['start', start],
  [
    'complete',
    (world, name, vars) => {
      world.complete(name, vars);
    },
  ],
  [
    'timer',
    (world, name) => {
      world.timer(name);
    },
  ],
  [
    'message',
    (world, name, vars) => {
      world.message(name, vars);
    },
  ],
  [
    'signal',
    (world, name, vars) => {
      world.signal(name, vars);
    },
  ],
]);

function act(world: World, line: string): void {
  const [, verb = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const doing = ACTS.get(verb);
  if (!doing) throw new Impossible(`unknown act ${verb}`);
  const { name, vars } = split(rest);
  if (name === '' && verb !== 'start') throw new Impossible('the act names no element');
  doing(world, name, vars);
}

function start(world: World, name: string, vars: Vars): void {
  if (name !== '') throw new Impossible('a start takes values alone, as a JSON object');
  world.start(vars);
}

/** Of a name with braces; more are no name. */
const MOST_BRACES = 20;

/** A name, which may have spaces and braces, and values behind it: the longest end of the line that is a JSON object. */
function split(text: string): { name: string; vars: Vars } {
  let brace = text.indexOf('{');
  for (let count = 0; brace >= 0 && count < MOST_BRACES; count += 1) {
    const vars = objectIn(text.slice(brace));
    if (vars) return { name: text.slice(0, brace).trim(), vars };
    brace = text.indexOf('{', brace + 1);
  }
  return { name: text.trim(), vars: {} };
}

function objectIn(text: string): Vars | null {
  try {
    return JSON.parse(text) as Record<string, Json>;
  } catch {
    return null;
  }
}
