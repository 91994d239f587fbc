/** The built pages, as people get them: without the test's own NODE_ENV and settings. */
import { buildUiIfNeeded } from '../server/services/ui-build.ts';
import { cleanEnvironment } from './environment.ts';

export function preparePages(): Promise<void> {
  return buildUiIfNeeded(() => undefined, cleanEnvironment());
}
