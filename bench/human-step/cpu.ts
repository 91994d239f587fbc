/**
 * CPU time spent so far by this process, by Postgres with all its children, and by Temporal: what a flow costs, however busy the machine
 * is otherwise. From /proc, therefore on Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds. */
export interface Cpu {
  node: number;
  postgres: number;
  temporal: number;
}

/** Of USER_HZ, which is 100 a second on every Linux. */
const tickMs = 10;

export function readCpu({ postgres, temporal }: { postgres: number; temporal: number }): Cpu {
  const { user, system } = process.cpuUsage();
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => stat(pid))
    .filter((each) => each?.parent === postgres);
  const own = stat(String(postgres));
  return {
    node: (user + system) / 1000,
    postgres: children.reduce((sum, each) => sum + (each?.ownMs ?? 0), (own?.ownMs ?? 0) + (own?.endedChildrenMs ?? 0)),
    temporal: stat(String(temporal))?.ownMs ?? 0,
  };
}

/** `undefined`: ended meanwhile. */
function stat(pid: string): { parent: number; ownMs: number; endedChildrenMs: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the parenthesis may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = (from: number): number => (fields[from] ?? 0) + (fields[from + 1] ?? 0);
    return { parent: fields[1] ?? 0, ownMs: ticks(11) * tickMs, endedChildrenMs: ticks(13) * tickMs };
  } catch {
    return undefined;
  }
}
