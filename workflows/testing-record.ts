/**
 * With RECORD=1 what tests drive becomes a history for the replay test. Without it the same cases run, and their histories are checked for what
 * must not be in them.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { historyToText, readablePayloads } from './testing-history.ts';
import { eventually, type TestCase } from './testing.ts';

const recording = process.env.RECORD === '1';

/** A test for each run; a history that is there is never written over. */
export function records(runs: readonly (readonly [name: string, drive: () => Promise<TestCase>])[]): void {
  describe.each(runs)('%s', (name, drive) => {
    it('leaves a history without names, phones or free text', async () => {
      const test = await drive();
      const json = historyToText(await test.handle.fetchHistory());

      const readable = readablePayloads(json);
      expect(readable).toContain('"definition"');
      expect(readable).not.toMatch(/张三|13800000000/);
      const file = join(import.meta.dirname, 'histories', `${name}.json`);
      if (recording && !existsSync(file)) writeFileSync(file, `${json}\n`);
    });
  });
}

/** Steps that an activity opens come without an answer to wait for. */
export async function reach(test: TestCase, step: string): Promise<void> {
  await eventually(
    () => test.snapshot(),
    ({ tasks }) => tasks.some((task) => task.step === step),
  );
  await test.heal();
}
