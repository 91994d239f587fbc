/** What the BPMN commands read and print in common. */
import { readFile } from 'node:fs/promises';
import type { ImportRefusal } from '../workflows/bpmn/refusal.ts';

/** Whoever reads what is printed may have read enough, as `head` does: that ends the program, and is no error of it. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

/** One line for each element that cannot be taken over. */
export function printRefusals(refusals: ImportRefusal[]): void {
  for (const { element, line, code, reason } of refusals)
    process.stderr.write(`${element ?? 'file'}${line === null ? '' : ` (line ${line})`}: ${reason} [${code}]\n`);
}

/** The text of a file, in whatever encoding its first bytes say. Ends the program where there is no such file. */
export async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder(encodingOf(bytes)).decode(bytes);
  } catch (error) {
    process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(2);
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(
    bytes.subarray(0, 200).toString('latin1'),
  );
  return declared?.[1] ?? 'utf-8';
}
