/** What an activity is: a capability with a name, described by JSON Schemas, that a flow may ask for (design.md section 4). */
import type { Db } from '../server/db/as.ts';

interface ActivityContext {
  db: Db;
  caseId: string;
  communityId: string | null;
  /** The same over retries and over continue-as-new: what was done under it is never done twice. */
  idempotencyKey: string;
}

export interface Activity {
  /** As flows name it. */
  name: string;
  title: { 'zh-CN': string; en: string };
  description: { 'zh-CN': string; en: string };
  /** JSON Schema 2020-12 of what a flow maps into it; the worker checks. */
  input: Record<string, unknown>;
  /** JSON Schema 2020-12 of what it answers. */
  output: Record<string, unknown>;
  /** Throw ApplicationFailure.nonRetryable(message, code) when trying again cannot help; anything else is tried again. */
  run(input: Record<string, unknown>, context: ActivityContext): Promise<Record<string, unknown>>;
}
