/** What an activity is: a capability with a name, described by JSON Schemas, that a flow may ask for (design.md section 4). */
import type { Values } from '../forms/types.ts';
import type { Db } from '../server/db/as.ts';
import type { ConnectorSettings } from './settings.ts';

export interface ActivityContext {
  db: Db;
  /** Hosts, secrets and robots of the installation. */
  connectors: ConnectorSettings;
  caseId: string;
  communityId: string | null;
  /** The same over retries and over continue-as-new: what was done under it is never done twice. */
  idempotencyKey: string;
  /** The one way to start a case. @throws AppError */
  startCase: (wish: StartWish) => Promise<StartedCase>;
  /** An address that whoever is asked calls with the answer: one for each step that asks, the same over retries. */
  openCallback: (wish: CallbackWish) => Promise<string>;
}

/** What a body has to have, by name: a JSON type, with `?` where it may be missing. */
export type Expected = Readonly<Record<string, string>>;
export interface CallbackWish {
  /** After that nobody is waited for any more. */
  withinMs: number;
  expect: Expected;
}

export interface StartWish {
  /** Deterministic: one wish starts one case. */
  id: string;
  flow: string;
  fields: Values;
  communityId: string | null;
  /** The case that starts it. */
  cause: string;
  /** Null: of the case that starts it. */
  initiator: string | null;
}
export interface StartedCase extends Record<string, unknown> {
  id: string;
  number: string;
}

/** Each wait is twice the one before. */
export interface RetryPolicy {
  attempts: number;
  firstWaitMs: number;
  longestWaitMs: number;
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
  /** Business errors by code: an `error` handler of the flow may catch them. Everything else that fails ends in an incident. */
  errors: Readonly<Record<string, { 'zh-CN': string; en: string }>>;
  /** How a technical failure is tried again before it ends in an incident. */
  retry: RetryPolicy;
  /** It only asks: what it answers comes by the address of `openCallback`, and has to fit `output`. */
  callsBack?: true;
  /** Throw ApplicationFailure.nonRetryable(message, code) when trying again cannot help; anything else is tried again. */
  run(input: Record<string, unknown>, context: ActivityContext): Promise<Record<string, unknown>>;
}
