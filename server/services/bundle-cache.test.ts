/** What the worker runs of workflows/: the bundle as it is built. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testWorkflowBundle } from '../testing/temporal.ts';

it('takes the sources as they are, and loads all of them before the first case', async () => {
  const code = readFileSync(await testWorkflowBundle(), 'utf8');
  const preloaded = /exports\.preloadModules = function preloadModules\(\) \{(.*?)\n\}/s.exec(code)?.[1];

  // Helpers for spreads and private fields, which the SDK's own target would put into every file.
  expect(code).not.toMatch(/_object_spread|_class_private/);
  expect(code).toContain('class CaseShell');
  expect(preloaded?.includes('./workflows/shell/no-stacks.ts')).toBe(!process.env.TEMPORAL_DEBUG);
  expect(preloaded).toContain('./workflows/index.ts');
});
