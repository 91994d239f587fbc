/** Temporal for tests: the run's one server, a task queue of one's own, and the workflow bundle built once for all files. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { inject } from 'vitest';
import { buildWorkflowBundle, cachedBundle } from '../services/bundle-cache.ts';

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'guanjia');

/** host:port of the run's server; its namespace is `default`. */
export function testTemporalAddress(): string {
  return inject('temporalAddress');
}

/** Workers of other test files never see its workflows. */
export function uniqueTaskQueue(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

/** For `workflowBundle: { codePath }`. */
export function testWorkflowBundle(): Promise<string> {
  return cachedBundle(cache, buildWorkflowBundle);
}
