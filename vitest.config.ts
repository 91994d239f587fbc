/**
 * Two projects: "unit" needs nothing but Node and starts at once; "services" brings up one Postgres and one Temporal for the run
 * (server/testing/global-setup.ts). `vitest run <path>` starts the services only when a file of "services" is among the tests.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Pure code, by folder; elsewhere a test says so by its name: `x.unit.test.ts`. */
const unit = [
  'workflows/{bpmn,engine}/**/*.test.ts',
  'forms/**/*.test.ts',
  'tools/**/*.test.ts',
  'ui/**/*.test.ts',
  '**/*.unit.test.ts',
];
const nowhere = ['**/node_modules/**', '**/build/**', '**/.svelte-kit/**', '**/.data/**'];

/** Journeys in a browser come last: they use the whole machine, and fail for every reason the other tests name better. */
class JourneysLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isJourney = (file: TestSpecification): boolean => file.moduleId.includes('/e2e/');
    return [...sorted.filter((file) => !isJourney(file)), ...sorted.filter(isJourney)];
  }
}

export default defineConfig({
  test: {
    // As the server: nothing may depend on where the machine stands.
    env: { TZ: 'UTC' },
    pool: 'forks',
    maxWorkers: 2,
    // Generous: a busy machine is slow, and only what hangs should fail by time.
    testTimeout: 30_000,
    sequence: { sequencer: JourneysLast },
    projects: [
      // The plugin compiles the screens' reactive modules (*.svelte.ts).
      { extends: true, plugins: [svelte()], test: { name: 'unit', include: unit, exclude: nowhere } },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['{activities,bench,content,server,workflows}/**/*.test.ts', 'e2e/**/*.{test,spec}.ts'],
          exclude: [...nowhere, ...unit],
          globalSetup: ['e2e/install-browser.ts', 'server/testing/global-setup.ts'],
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
