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

function act(world: World, line: string): void {
  const [, verb = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const { name, vars } = split(verb === 'start' ? `- ${rest}` : rest);
  switch (verb) {
    case 'start':
      world.start(vars);
      return;
    case 'complete':
      world.complete(name, vars);
      return;
    case 'timer':
      world.timer(name);
      return;
    case 'message':
      world.message(name, vars);
      return;
    case 'signal':
      world.signal(name, vars);
      return;
    default:
      throw new Impossible(`unknown act ${verb}`);
  }
}

/** A name, which may have spaces, and values behind it. */
function split(text: string): { name: string; vars: Vars } {
  const brace = text.indexOf('{');
  const name = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (name === '') throw new Impossible('the act names no element');
  return { name, vars: brace < 0 ? {} : values(text.slice(brace)) };
}

function values(text: string): Vars {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Impossible('the values are no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Impossible('the values are no object');
  return value as Record<string, Json>;
}
