/** Small JSON files that only their owner may read, replaced as a whole: a crash leaves the old or the new content. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Undefined when the file is missing or no JSON (a half-written file of another program). */
export function readPrivate(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writePrivate(path: string, value: unknown): void {
  renameSync(writeDraft(path, value), path);
}

/** Writes the file unless there is one: of two processes at the same time, one's content stays. */
export function createPrivate(path: string, value: unknown): void {
  const draft = writeDraft(path, value);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

function writeDraft(path: string, value: unknown): string {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  return draft;
}
